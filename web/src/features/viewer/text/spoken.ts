import { type RefObject, useEffect } from 'react'
import { type Paragraph, type Place, wordAt } from '@/transcript/columns.ts'
import type { Following } from './following.ts'
import { boxOf, mark, rangeOfWord, rowElement } from './highlights.ts'
import type { Playback } from '../player/playback.ts'
import type { Script } from './script.ts'

/** A word stays marked for so long behind its end: without, the mark would flicker in every little gap. */
const LINGER_MS = 60

interface Spoken {
  root: RefObject<HTMLElement | null>
  playback: Playback
  script: Script
  following: Following
}

/** Marks the spoken word, and keeps its line in the middle third while that is wanted. */
export function useSpoken({ root, playback, script, following: { isOn } }: Spoken): void {
  useEffect(() => {
    let shown = ''
    let current: string | undefined
    const show = (ms: number): void => {
      const place = wordAt(script.paragraphs, ms)
      const paragraph = place ? script.paragraphs[place.paragraph] : undefined
      const heard = place && paragraph && isHeard(paragraph, place.word, ms)
      const key = heard ? `${paragraph.id} ${place.word}` : ''
      if (paragraph?.id !== current) pointOut(root.current, (current = paragraph?.id))
      if (key === shown) return
      shown = key
      const range = heard ? rangeOfWord(paragraph, place.word) : null
      mark('spoken', range ? [range] : [])
      if (heard && isOn() && playback.getSnapshot().playing) keepInView(boxOf(paragraph.id, range))
    }
    show(playback.ms)
    return playback.follow(show)
  }, [root, playback, script, isOn])
}

function isHeard(paragraph: Paragraph, word: number, ms: number): boolean {
  const start = paragraph.starts[word] ?? 0
  return ms < start + (paragraph.durations[word] ?? 0) + LINGER_MS
}

/** For those who see no marked word: the paragraph that is spoken. */
function pointOut(article: HTMLElement | null, paragraphId: string | undefined): void {
  article?.querySelector('[aria-current]')?.removeAttribute('aria-current')
  if (paragraphId !== undefined) rowElement(paragraphId)?.setAttribute('aria-current', 'true')
}

/** Scrolls to a word, into the middle of what can be seen of the text. */
export function showPlace(script: Script, place: Place | null): void {
  const paragraph = place && script.paragraphs[place.paragraph]
  if (!paragraph) return
  // Far away nothing is laid out yet: bring the row there first, then measure.
  rowElement(paragraph.id)?.scrollIntoView({ block: 'center' })
  keepInView(boxOf(paragraph.id, rangeOfWord(paragraph, place.word)))
}

/** Scrolls so that a box is in the middle third of what can be seen of the text. */
export function keepInView(box: DOMRect | null): void {
  if (!box || box.height === 0) return // not there, or not shown
  const { top, height } = textView()
  const at = box.top + box.height / 2 - top
  if (at >= height / 3 && at <= (height * 2) / 3) return
  const by = at - height / 2
  const calm = Math.abs(by) > innerHeight || matchMedia('(prefers-reduced-motion: reduce)').matches
  scrollBy({ top: by, behavior: calm ? 'instant' : 'smooth' })
}

/** The part of the window in which text is not covered by the player above it and the controls below it. */
function textView(): { top: number; height: number } {
  const covered = (edge: string): DOMRect[] =>
    [...document.querySelectorAll(`[data-covers="${edge}"]`)]
      .filter((element) => ['sticky', 'fixed'].includes(getComputedStyle(element).position))
      .map((element) => element.getBoundingClientRect())
  const top = Math.max(0, ...covered('top').map((box) => box.bottom))
  const bottom = Math.min(innerHeight, ...covered('bottom').map((box) => box.top))
  return { top, height: Math.max(1, bottom - top) }
}
