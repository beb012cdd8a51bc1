import { ZoomIn, ZoomOut } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { peaks } from '@/backend/peaks.ts'
import type { JobRef } from '@/backend/types.ts'
import type { Cues, Paragraph } from '@/backend/transcripts.ts'
import { clock, exactClock } from '@/i18n/format.ts'
import { cueAt } from '@/transcript/cues.ts'
import { Button } from '@/ui/button.tsx'
import { useServices } from '../../../services.ts'
import { useText } from '@/i18n/language.ts'
import { strokeOf } from '../../strokes.ts'
import { setTimes } from '../acts.ts'
import { bracketOf } from '../brackets.ts'
import { setAt } from '../caption_tools.tsx'
import type { CaptionWords } from '../caption_words.ts'
import type { Captioning } from '../captioning.ts'
import type { FollowedPlayer } from '../followed_player.ts'
import { Lane, type LaneGiven } from './lane.ts'
import { Levels } from './levels.ts'
import './waveform.css'

interface Props {
  jobRef: JobRef
  captioning: Captioning
  cues: Cues
  paragraphs: readonly Paragraph[]
  durationMs: number
  player: FollowedPlayer
  words: CaptionWords
}

/** The sound, with the captions upon it. Nothing where the server does not know it. */
export function Waveform({ jobRef, ...rest }: Props) {
  const { apiUrl } = useServices()
  const { id, token } = jobRef
  const [levels, setLevels] = useState<Levels | 'failed' | null>(null)
  useEffect(() => {
    let left = false
    peaks(apiUrl, { id, token }).then(
      (found) => !left && found && found.length > 0 && setLevels(new Levels(found)),
      () => !left && setLevels('failed'),
    )
    return () => void (left = true)
  }, [apiUrl, id, token])
  if (levels === 'failed') return <p className="text-sm text-muted">{rest.words.noWaveform}</p>
  return levels && <ShownLane {...rest} levels={levels} />
}

const [CLOSER, FARTHER] = [1 / 1.6, 1.6]
/** How far an arrow goes. */
const STEP_PX = 10

function ShownLane({ levels, captioning, cues, paragraphs, durationMs, player, words }: Omit<Props, 'jobRef'> & { levels: Levels }) {
  const { viewer: text } = useText()
  const slider = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const head = useRef<HTMLDivElement>(null)
  const lane = useRef<Lane>(null)
  const { board, open, write, tell } = captioning
  const given: LaneGiven = {
    ...{ levels, cues, paragraphs, durationMs, open: open?.cue ?? null, write: (cue) => write(cue), seek: (ms) => player.seek(ms) },
    set: ({ cue, part }, ms) => {
      const [start = 0, end = 0] = part === 'start' ? [ms, cues.ends[cue]] : [cues.starts[cue], ms]
      tell(setTimes(board, cue, { [part]: ms }), words.timesSet(exactClock(start), exactClock(end)))
    },
  }
  const newest = useRef(given)
  useEffect(() => {
    newest.current = given
    lane.current?.update(given)
  })
  useEffect(() => {
    if (!canvas.current || !head.current) return
    const made = (lane.current = new Lane(canvas.current, head.current, newest.current, player.ms))
    const [detach, leave] = [made.attach(), player.follow((ms) => made.follow(ms))]
    return () => {
      detach()
      leave()
    }
  }, [player])
  useEffect(() => {
    let second = -1
    const say = (ms: number): void => {
      if (Math.floor(ms / 1000) === second) return
      second = Math.floor(ms / 1000)
      slider.current?.setAttribute('aria-valuenow', String(second))
      slider.current?.setAttribute('aria-valuetext', text.place(clock(ms), clock(durationMs)))
    }
    say(player.ms)
    return player.follow(say)
  }, [player, durationMs, text])

  const onKeyDown = (event: KeyboardEvent): void => {
    const shown = lane.current
    if (!shown || !obey(event, shown)) return
    event.preventDefault()
    event.stopPropagation()
  }
  const obey = (event: KeyboardEvent, shown: Lane): boolean => {
    const bracket = bracketOf(event, false)
    const cue = shown.active >= 0 ? shown.active : cueAt(board.cues, player.ms)
    const stroke = strokeOf(event.nativeEvent)?.does
    if (bracket && cue >= 0) setAt(captioning, cue, bracket, player.ms, words)
    else if (stroke === 'undo' || stroke === 'redo') captioning.replay(stroke)
    else if (event.key === 'Escape') return shown.letGo()
    else if (event.ctrlKey || event.metaKey || event.altKey) return false
    else if (event.code === 'KeyE' && !event.shiftKey && cue >= 0) write(cue)
    else if (event.key === '+' || event.key === '=') shown.zoom(CLOSER)
    else if (event.key === '-') shown.zoom(FARTHER)
    else return moved(event.key, shown)
    return true
  }
  const moved = (key: string, shown: Lane): boolean => {
    const [step, page] = [shown.ms(STEP_PX), shown.widthMs / 2]
    const by = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, PageDown: -page, PageUp: page, Home: -Infinity, End: Infinity }[key]
    if (by !== undefined) player.seek(Math.max(0, Math.min(durationMs, player.ms + by)))
    return by !== undefined
  }
  return (
    <div className="waveform" data-covers="bottom">
      <div
        ref={slider}
        role="slider"
        tabIndex={0}
        aria-label={words.waveform}
        aria-valuemin={0}
        aria-valuemax={Math.floor(durationMs / 1000)}
        aria-valuenow={0}
        title={words.waveformHint}
        className="waveform-lane"
        onKeyDown={onKeyDown}
      >
        <canvas ref={canvas} aria-hidden />
        <div ref={head} className="waveform-head" hidden />
      </div>
      <div className="waveform-zoom">
        <Button small kind="quiet" aria-label={words.closer} title={words.closer} onClick={() => lane.current?.zoom(CLOSER)}>
          <ZoomIn aria-hidden className="size-4" />
        </Button>
        <Button small kind="quiet" aria-label={words.farther} title={words.farther} onClick={() => lane.current?.zoom(FARTHER)}>
          <ZoomOut aria-hidden className="size-4" />
        </Button>
      </div>
    </div>
  )
}
