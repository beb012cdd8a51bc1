import { type KeyboardEvent, useLayoutEffect, useRef } from 'react'
import { exactClock } from '@/i18n/format.ts'
import { announce } from '@/ui/announcer.tsx'
import { strokeOf } from '../strokes.ts'
import { setTimes } from './acts.ts'
import type { Captioning } from './captioning.ts'
import type { CaptionWords } from './caption_words.ts'
import { parsedTime } from './exact_time.ts'

/** Of 25 a second; what a recording has is not known here. */
const FRAME_MS = 40

interface Props {
  captioning: Captioning
  cue: number
  part: 'start' | 'end'
  words: CaptionWords
  durationMs: number
  onPlace: (ms: number) => void
}

/** When the open caption appears, or goes. Alt and an arrow: a frame earlier or later. */
export function TimeField({ captioning, cue, part, words, durationMs, onPlace }: Props) {
  const field = useRef<HTMLInputElement>(null)
  const { board, open, at } = captioning
  const row = board.row(cue)
  const ms = row?.[part] ?? 0
  const pinned = row?.own !== null || row.pins[part]
  useLayoutEffect(() => {
    if (field.current) field.current.value = exactClock(ms)
  }, [ms])
  useLayoutEffect(() => {
    if (open?.part === part) field.current?.focus()
  }, [open, part])
  const set = (wanted: number | null): void => {
    const fault = wanted === null ? words.badTime : faultOf(wanted)
    if (wanted === null || fault) {
      announce(fault ?? '', 'assertive')
      if (field.current) field.current.value = exactClock(ms)
    } else if (wanted !== ms) {
      captioning.tell(setTimes(board, cue, { [part]: wanted }), told())
      onPlace(wanted)
    }
  }
  const faultOf = (wanted: number): string | null => {
    const [start, end] = part === 'start' ? [wanted, row?.end ?? 0] : [row?.start ?? 0, wanted]
    return end <= start ? words.noLength : wanted < 0 || wanted > durationMs ? words.outside : null
  }
  const told = (): string => {
    const now = board.row(cue)
    return words.timesSet(exactClock(now?.start ?? 0), exactClock(now?.end ?? 0))
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const step = { ArrowLeft: -FRAME_MS, ArrowDown: -FRAME_MS, ArrowRight: FRAME_MS, ArrowUp: FRAME_MS }[event.key]
    const stroke = strokeOf(event.nativeEvent)?.does
    if (stroke === 'undo' || stroke === 'redo') captioning.replay(stroke)
    else if (event.key === 'Enter') set(parsedTime(event.currentTarget.value))
    else if (event.altKey && step !== undefined) set((parsedTime(event.currentTarget.value) ?? ms) + step)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <label className="cue-time">
      <span>{words[part]}</span>
      <input
        ref={field}
        defaultValue={exactClock(ms)}
        inputMode="decimal"
        autoComplete="off"
        data-writing
        data-pinned={pinned || undefined}
        title={pinned ? words.pinned : words.flows}
        onFocus={() => (at.current = { ...at.current, part })}
        onBlur={(event) => set(parsedTime(event.currentTarget.value))}
        onKeyDown={onKeyDown}
      />
    </label>
  )
}
