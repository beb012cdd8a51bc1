import { TriangleAlert } from 'lucide-react'
import { memo, type MouseEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import type { Cues } from '@/backend/transcripts.ts'
import { exactClock } from '@/i18n/format.ts'
import { useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { cueAt, measured } from '@/transcript/cues.ts'
import type { WritingCaptions } from './captions_slot.ts'
import { caretAt } from '../text/highlights.ts'
import type { Playback } from '../player/playback.ts'

const GROUP = 40
const ROW_PX = 92
/** No text holds it. */
const PARTED = '\0'
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
  writing: WritingCaptions | null
}

/** Every cue with its times and measures. Groups far from the view are plain text: it can be found and copied, and ten
 *  hours are a few hundred elements. */
export function CaptionsList({ root, cues, language, playback, onSeek, onEdit, writing }: Props) {
  const { viewer: text } = useText()
  const near = useNear(root, Math.ceil(cues.starts.length / GROUP))
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
    <ol ref={root} lang={language ?? undefined} aria-label={text.captions} data-revision={cues.revision} className="captions text-base">
      {groups.map((from, at) =>
        near.has(at) || openIn(writing, from) ? (
          <Group key={at} {...{ at, from, onSeek, onEdit }} near={{ cues, warnings, open: openIn(writing, from) }} onWrite={writing?.write ?? null} said="" />
        ) : (
          <Group key={at} {...{ at, from, onSeek, onEdit }} near={null} onWrite={null} said={cues.texts.slice(from, from + GROUP).join(PARTED)} />
        ),
      )}
    </ol>
  )
}

const openIn = (writing: WritingCaptions | null, from: number): WritingCaptions['open'] =>
  writing?.open && writing.open.cue >= from && writing.open.cue < from + GROUP ? writing.open : null

type Warnings = ReadonlyMap<number, Cues['violations']>

export function warningsOf({ violations }: Pick<Cues, 'violations'>): Warnings {
  const byCue = new Map<number, Cues['violations']>()
  for (const violation of violations) byCue.set(violation.cue, [...(byCue.get(violation.cue) ?? []), violation])
  return byCue
}

interface GroupProps extends Pick<Props, 'onSeek' | 'onEdit'> {
  at: number
  from: number
  /** Null far from the view: what is typed elsewhere is then nothing to it, only what is `said` in it. */
  near: { cues: Cues; warnings: Warnings; open: WritingCaptions['open'] } | null
  said: string
  onWrite: WritingCaptions['write'] | null
}

const Group = memo(function Group({ at, from, near, said, onSeek, onEdit, onWrite }: GroupProps) {
  if (!near) {
    const texts = said.split(PARTED)
    return (
      <li data-cues={at} className="overflow-hidden whitespace-pre-line" style={{ height: heightOf(texts) }}>
        {texts.join('\n')}
      </li>
    )
  }
  const { cues, warnings, open } = near
  return (
    <li data-cues={at}>
      <ol>
        {cues.texts.slice(from, from + GROUP).map((_, index) => (
          <Cue key={index} {...{ cue: from + index, cues, onSeek, onEdit, onWrite }} open={open?.cue === from + index ? open : null} warnings={warnings.get(from + index)} />
        ))}
      </ol>
    </li>
  )
})

interface CueProps extends Pick<Props, 'cues' | 'onSeek' | 'onEdit'> {
  cue: number
  warnings: Cues['violations'] | undefined
  open: WritingCaptions['open']
  onWrite: WritingCaptions['write'] | null
}

function Cue({ cue, cues, warnings, onSeek, onEdit, open, onWrite }: CueProps) {
  const { viewer: text } = useText()
  const [start = 0, end = 0, said = ''] = [cues.starts[cue], cues.ends[cue], cues.texts[cue]]
  const { perSecond, widest } = measured(start, end, said)
  const times = `${exactClock(start)} – ${exactClock(end)}`
  const paragraph = cues.paragraphs[cue]
  const clashes = open ? 0 : cues.warnings.filter((one) => one.cue === cue).length
  const onClick = (event: MouseEvent<HTMLElement>): void => {
    if (!onWrite || !document.getSelection()?.isCollapsed) return
    const caret = caretAt(event.clientX, event.clientY)
    const inside = caret && event.currentTarget.contains(caret.node) ? said.slice(0, caret.offset) : ''
    onWrite(cue, inside.replace(/\s+/gu, '').length)
  }
  return (
    <li id={cueId(cue)} data-cue={cue} value={cue + 1} className="cue">
      <button type="button" aria-label={text.playFrom(times)} onClick={() => onSeek(start + SAFELY_MS)}>
        {times}
      </button>
      {!open && (
        <>
          <span className="text-xs text-muted">{text.measures(perSecond, widest)}</span>
          {/* A shortcut for those who point; on the row's button, E does the same. */}
          {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions */}
          <p className={onWrite ? 'cue-words whitespace-pre-line' : 'whitespace-pre-line'} onClick={onClick}>
            {said}
          </p>
          {clashes > 0 && onWrite && (
            <div className="text-sm text-warn">
              <Button small onClick={() => onWrite(cue, 0)}>
                <TriangleAlert aria-hidden className="size-4" /> {text.warnings(clashes)}
              </Button>
            </div>
          )}
        </>
      )}
      {open?.node}
      {warnings?.map(({ rule, value, limit }) => (
        <div key={rule} className="flex flex-wrap items-center gap-2 text-sm text-warn">
          <TriangleAlert aria-hidden className="size-4" />
          <span>{text.warning(rule, value, limit)}</span>
          {onEdit && paragraph !== undefined && (
            <Button small aria-label={text.editCue(exactClock(start))} onClick={() => (onWrite ? onWrite(cue) : onEdit(paragraph))}>
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
function useNear(root: RefObject<HTMLElement | null>, groups: number): ReadonlySet<number> {
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
  }, [root, groups])
  return near
}

const heightOf = (texts: readonly string[]): number =>
  texts.reduce((sum, one) => sum + ROW_PX + (one.includes('\n') ? 24 : 0), 0)
