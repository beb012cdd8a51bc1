import { useCallback, useMemo, useRef } from 'react'
import { useText } from '@/i18n/language.ts'
import { doubtfulWords, extentOf, type Paragraph, type Place } from '@/transcript/columns.ts'
import { announce } from '@/ui/announcer.tsx'
import { mark, rangeOfWord } from './highlights.ts'
import type { Script } from './script.ts'

export interface Doubts {
  count: number
  /** Goes to the next doubtful word, or the one before, with -1. */
  next: (step: 1 | -1) => void
}

/** `onDoubt` brings a doubtful word into view and to the ear. */
export function useDoubts(script: Script, onDoubt: (place: Place) => void): Doubts {
  const { viewer: text } = useText()
  /** When the word is said that one was at: it may be in no doubt any more, and others may have come before it. */
  const at = useRef<number | null>(null)
  const { paragraphs } = script
  const doubts = useMemo(() => doubtfulWords(paragraphs), [paragraphs])
  const next = useCallback(
    (step: 1 | -1) => {
      const place = beside(paragraphs, doubts, at.current, step)
      const paragraph = place && paragraphs[place.paragraph]
      if (!paragraph) return
      at.current = startOfWord(paragraphs, place)
      onDoubt(place)
      const range = rangeOfWord(paragraph, place.word)
      mark('match', range ? [range] : [])
      const word = paragraph.text.slice(...extentOf(paragraph, place.word))
      announce(`${word}: ${text.sure(paragraph.conf[place.word] ?? 0)}`)
    },
    [doubts, paragraphs, onDoubt, text],
  )
  return { count: doubts.length, next }
}

const startOfWord = (paragraphs: readonly Paragraph[], { paragraph, word }: Place): number => paragraphs[paragraph]?.starts[word] ?? 0

/** The doubt after the one that one was at, or before it; around the end to the beginning. */
function beside(paragraphs: readonly Paragraph[], doubts: readonly Place[], at: number | null, step: 1 | -1): Place | undefined {
  const start = (place: Place): number => startOfWord(paragraphs, place)
  if (step > 0) return doubts.find((place) => start(place) > (at ?? -1)) ?? doubts[0]
  return doubts.findLast((place) => start(place) < (at ?? Infinity)) ?? doubts.at(-1)
}
