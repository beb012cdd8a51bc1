import { type RefObject, useEffect, useRef, useState } from 'react'
import { doubtfulWords, type Found, type Paragraph, wordAt } from '@/transcript/columns.ts'
import { canHighlight, mark, rangeOf, rangeOfWord, textElement, unmarkAll } from './highlights.ts'

const NEAR_PX = 600

/** Doubtful words are marked near the view only: ranges over the whole of a long text make typing and moving slow. */
export function useDoubtful(root: RefObject<HTMLElement | null>, paragraphs: readonly Paragraph[]): void {
  useEffect(() => {
    const article = root.current
    if (!article || !canHighlight()) return
    const byGroup = new Map<number, StaticRange[]>()
    const groupOf = (element: Element): number => Number((element as HTMLElement).dataset['group'])
    const places = doubtfulWords(paragraphs)
    const rangesIn = (group: Element): StaticRange[] => {
      const rows = [...group.querySelectorAll<HTMLElement>('[data-row]')].map((row) => Number(row.dataset['row']))
      const inside = places.filter(({ paragraph }) => rows.includes(paragraph))
      return inside.flatMap((place) => rangeOfWord(article, paragraphs, place) ?? [])
    }
    const observer = new IntersectionObserver(
      (changes) => {
        for (const { target, isIntersecting } of changes) {
          if (isIntersecting) byGroup.set(groupOf(target), rangesIn(target))
          else byGroup.delete(groupOf(target))
        }
        mark('doubtful', [...byGroup.values()].flat())
      },
      { rootMargin: `${NEAR_PX}px` },
    )
    for (const group of article.querySelectorAll('[data-group]')) observer.observe(group)
    return () => observer.disconnect()
  }, [root, paragraphs])
  useEffect(() => unmarkAll, [])
}

export function useFound(root: RefObject<HTMLElement | null>, found: readonly Found[], current: number): void {
  useEffect(() => {
    const article = root.current
    if (!article) return
    mark('found', found.slice(0, 2000).flatMap((place) => rangeOf(article, place) ?? []))
    const now = found[current]
    if (now) textElement(article, now.paragraph)?.scrollIntoView({ block: 'center' })
  }, [root, found, current])
}

export interface Following {
  on: boolean
  /** Turn it on and go there. */
  resume: () => void
}

/** Marks the spoken word and keeps its row in view, until a person scrolls elsewhere. */
export function useSpoken(
  root: RefObject<HTMLElement | null>,
  media: RefObject<HTMLVideoElement | null>,
  paragraphs: readonly Paragraph[],
): Following {
  const [on, setOn] = useState(true)
  const following = useRef(true)
  useEffect(() => {
    following.current = on
  }, [on])
  useEffect(() => {
    let shown = ''
    let frame = 0
    const show = (): void => {
      frame = requestAnimationFrame(show)
      const article = root.current
      const element = media.current
      if (!article || !element || (element.paused && shown && !element.seeking && element.currentTime === 0)) return
      const place = wordAt(paragraphs, element.currentTime * 1000)
      const key = place ? `${place.paragraph} ${place.word}` : ''
      if (key === shown) return
      const range = place && rangeOfWord(article, paragraphs, place)
      mark('spoken', range ? [range] : [])
      if (place && place.paragraph !== Number(shown.split(' ')[0])) {
        article.querySelector('[aria-current]')?.removeAttribute('aria-current')
        const row = article.querySelector(`[data-row="${place.paragraph}"]`)
        row?.setAttribute('aria-current', 'true')
      }
      shown = key
      if (place && following.current && !element.paused) keepInView(article, place.paragraph)
    }
    frame = requestAnimationFrame(show)
    return () => cancelAnimationFrame(frame)
  }, [root, media, paragraphs])
  useEffect(() => {
    const stop = (): void => setOn(false)
    const names = ['wheel', 'touchmove'] as const
    for (const name of names) addEventListener(name, stop, { passive: true })
    return () => {
      for (const name of names) removeEventListener(name, stop)
    }
  }, [])
  const resume = (): void => {
    setOn(true)
    const place = wordAt(paragraphs, (media.current?.currentTime ?? 0) * 1000)
    if (root.current && place) textElement(root.current, place.paragraph)?.scrollIntoView({ block: 'center' })
  }
  return { on, resume }
}

function keepInView(article: HTMLElement, paragraph: number): void {
  const at = textElement(article, paragraph)?.getBoundingClientRect()
  if (at && (at.top < innerHeight / 4 || at.bottom > (innerHeight * 3) / 4)) {
    textElement(article, paragraph)?.scrollIntoView({ block: 'center' })
  }
}

