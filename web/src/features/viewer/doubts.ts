import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useText } from '@/i18n/language.ts'
import { doubtfulWords, extentOf, type Place } from '@/transcript/columns.ts'
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
  const at = useRef(-1)
  const { paragraphs } = script
  const doubts = useMemo(() => doubtfulWords(paragraphs), [paragraphs])
  useEffect(() => {
    if (at.current >= doubts.length) at.current = -1
  }, [doubts])
  const next = useCallback(
    (step: 1 | -1) => {
      if (doubts.length === 0) return
      at.current = at.current < 0 && step < 0 ? doubts.length - 1 : (at.current + step + doubts.length) % doubts.length
      const place = doubts[at.current]
      const paragraph = place && paragraphs[place.paragraph]
      if (!paragraph) return
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
