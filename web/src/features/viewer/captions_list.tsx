import { TriangleAlert } from 'lucide-react'
import { memo, type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import type { Cues } from '@/backend/transcripts.ts'
import { exactClock } from '@/i18n/format.ts'
import { useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { cueAt, measured } from './captions.ts'
import type { Playback } from './playback.ts'

const GROUP = 40
const ROW_PX = 92
const NEAR_PX = 800
/** Browsers round the time that is sought, and just before its start the cue before would be shown. */
const SAFELY_MS = 1

interface Props {
  root: RefObject<HTMLOListElement | null>
  cues: Cues
  language: string | null
  playback: Playback
  onSeek: (ms: number) => void
  /** Goes to the paragraph of a cue. */
  onEdit: ((paragraphId: string) => void) | null
}

/** Every cue with its times and measures. Groups far from the view are plain text: it can be found and copied, and ten
 *  hours are a few hundred elements. */
export function CaptionsList({ root, cues, language, playback, onSeek, onEdit }: Props) {
  const { viewer: text } = useText()
  const near = useNear(root, cues)
  const warnings = useMemo(() => warningsOf(cues), [cues])
  useEffect(() => {
    const show = (ms: number): void => {
      const now = cueAt(cues, ms)
      const former = root.current?.querySelector('[aria-current]')
      const row = cueElement(now)
      if (former === row) return
      former?.removeAttribute('aria-current')
      row?.setAttribute('aria-current', 'true')
    }
    show(playback.ms)
    return playback.follow(show)
  }, [root, cues, playback, near])
  const groups = Array.from({ length: Math.ceil(cues.starts.length / GROUP) }, (_, at) => at * GROUP)
  return (
    <ol ref={root} lang={language ?? undefined} aria-label={text.captions} className="captions text-base">
      {groups.map((from, at) => (
        <Group key={at} near={near.has(at)} {...{ at, from, cues, warnings, onSeek, onEdit }} />
      ))}
    </ol>
  )
}

type Warnings = ReadonlyMap<number, Cues['violations']>

export function warningsOf({ violations }: Pick<Cues, 'violations'>): Warnings {
  const byCue = new Map<number, Cues['violations']>()
  for (const violation of violations) byCue.set(violation.cue, [...(byCue.get(violation.cue) ?? []), violation])
  return byCue
}

interface GroupProps extends Pick<Props, 'cues' | 'onSeek' | 'onEdit'> {
  at: number
  from: number
  near: boolean
  warnings: Warnings
}

const Group = memo(function Group({ at, from, near, cues, warnings, onSeek, onEdit }: GroupProps) {
  const texts = cues.texts.slice(from, from + GROUP)
  if (!near) {
    return (
      <li data-cues={at} className="overflow-hidden whitespace-pre-line" style={{ height: heightOf(texts) }}>
        {texts.join('\n')}
      </li>
    )
  }
  return (
    <li data-cues={at}>
      <ol>
        {texts.map((_, index) => (
          <Cue key={index} {...{ cue: from + index, cues, onSeek, onEdit }} warnings={warnings.get(from + index)} />
        ))}
      </ol>
    </li>
  )
})

interface CueProps extends Pick<Props, 'cues' | 'onSeek' | 'onEdit'> {
  cue: number
  warnings: Cues['violations'] | undefined
}

function Cue({ cue, cues, warnings, onSeek, onEdit }: CueProps) {
  const { viewer: text } = useText()
  const [start = 0, end = 0, said = ''] = [cues.starts[cue], cues.ends[cue], cues.texts[cue]]
  const { perSecond, widest } = measured(start, end, said)
  const times = `${exactClock(start)} – ${exactClock(end)}`
  const paragraph = cues.paragraphs[cue]
  return (
    <li id={cueId(cue)} data-cue={cue} value={cue + 1} className="cue">
      <button type="button" aria-label={text.playFrom(times)} onClick={() => onSeek(start + SAFELY_MS)}>
        {times}
      </button>
      <span className="text-xs text-muted">{text.measures(perSecond, widest)}</span>
      <p className="whitespace-pre-line">{said}</p>
      {warnings?.map(({ rule, value, limit }) => (
        <div key={rule} className="flex flex-wrap items-center gap-2 text-sm text-warn">
          <TriangleAlert aria-hidden className="size-4" />
          <span>{text.warning(rule, value, limit)}</span>
          {onEdit && paragraph !== undefined && (
            <Button small aria-label={text.editCue(exactClock(start))} onClick={() => onEdit(paragraph)}>
              {text.edit}
            </Button>
          )}
        </div>
      ))}
    </li>
  )
}

const cueId = (cue: number): string => `cue-${cue}`

export const cueElement = (cue: number): HTMLElement | null => document.getElementById(cueId(cue))

/** Scrolls to a cue; one that is far away is drawn first. */
export function showCue(list: HTMLElement, cue: number): void {
  const bring = (): HTMLElement | null => {
    const row = cueElement(cue)
    row?.scrollIntoView({ block: 'center' })
    row?.querySelector('button')?.focus({ preventScroll: true })
    return row
  }
  if (bring()) return
  list.querySelector(`[data-cues="${Math.floor(cue / GROUP)}"]`)?.scrollIntoView({ block: 'center' })
  const drawn = new MutationObserver(() => bring() && drawn.disconnect())
  drawn.observe(list, { childList: true, subtree: true })
}

/** Which groups are near the view. */
function useNear(root: RefObject<HTMLElement | null>, cues: Cues): ReadonlySet<number> {
  const [near, setNear] = useState<ReadonlySet<number>>(new Set([0]))
  const kept = useRef(near)
  useEffect(() => {
    const list = root.current
    if (!list) return
    const observer = new IntersectionObserver(
      (changes) => {
        const now = new Set(kept.current)
        for (const { target, isIntersecting } of changes) {
          const at = Number((target as HTMLElement).dataset['cues'])
          if (isIntersecting) now.add(at)
          else now.delete(at)
        }
        kept.current = now
        setNear(now)
      },
      { rootMargin: `${NEAR_PX}px` },
    )
    for (const group of list.querySelectorAll(':scope > [data-cues]')) observer.observe(group)
    return () => observer.disconnect()
  }, [root, cues])
  return near
}

const heightOf = (texts: readonly string[]): number =>
  texts.reduce((sum, one) => sum + ROW_PX + (one.includes('\n') ? 24 : 0), 0)
