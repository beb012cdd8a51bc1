import { type RefObject, useEffect } from 'react'
import { DOUBTFUL_BELOW, type Found, type Paragraph } from '@/transcript/columns.ts'
import { canHighlight, mark, rangeIn, rangeOfWord, unmarkAll } from './highlights.ts'
import type { Script } from './script.ts'

const NEAR_PX = 300

/** Marks doubtful and found words, near the view only: ranges over the whole of a long text make typing and moving slow.
 *  `writing` is the paragraph in whose place a field stands: its text is another node then. */
export function useMarks(root: RefObject<HTMLElement | null>, script: Script, found: readonly Found[], writing: string | null): void {
  useEffect(() => {
    const article = root.current
    if (!article || !canHighlight()) return
    const near = new Map<Element, Marks>()
    const observer = new IntersectionObserver(
      (changes) => {
        for (const { target, isIntersecting } of changes) {
          if (isIntersecting) near.set(target, marksIn(target, script, found))
          else near.delete(target)
        }
        const shown = [...near.values()]
        mark('doubtful', shown.flatMap((marks) => marks.doubtful))
        mark('found', shown.flatMap((marks) => marks.found))
      },
      { rootMargin: `${NEAR_PX}px` },
    )
    for (const group of article.querySelectorAll('[data-group]')) observer.observe(group)
    return () => observer.disconnect()
  }, [root, script, found, writing])
  useEffect(() => unmarkAll, [])
}

/** The match that one is at. */
export function useMatch(script: Script, match: Found | undefined, writing: string | null): void {
  useEffect(() => {
    const paragraph = match && script.paragraphs[match.paragraph]
    const range = paragraph && rangeIn(paragraph.id, match.from, match.to)
    mark('match', range ? [range] : [])
  }, [script, match, writing])
}

interface Marks {
  doubtful: StaticRange[]
  found: StaticRange[]
}

function marksIn(group: Element, script: Script, found: readonly Found[]): Marks {
  const places = [...group.querySelectorAll<HTMLElement>('[data-row]')].flatMap((row) => script.at.get(row.dataset['row'] ?? '') ?? [])
  const [first = 0, last = -1] = [places.at(0), places.at(-1)]
  const inside = script.paragraphs.slice(first, last + 1)
  return {
    doubtful: inside.flatMap(doubtfulRanges),
    found: found
      .slice(firstIn(found, first), firstIn(found, last + 1))
      .flatMap(({ paragraph, from, to }) => rangeIn(script.paragraphs[paragraph]?.id ?? '', from, to) ?? []),
  }
}

const doubtfulRanges = (paragraph: Paragraph): StaticRange[] =>
  paragraph.conf.flatMap((percent, word) =>
    percent !== null && percent < DOUBTFUL_BELOW ? (rangeOfWord(paragraph, word) ?? []) : [],
  )

/** The first match that is not before a paragraph: they come in the order of the text. */
function firstIn(found: readonly Found[], paragraph: number): number {
  let [low, high] = [0, found.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((found[middle]?.paragraph ?? 0) < paragraph) low = middle + 1
    else high = middle
  }
  return low
}
