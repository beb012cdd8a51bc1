import { type RefObject, useCallback, useEffect, useMemo, useRef } from 'react'
import { useText } from '@/i18n/language.ts'
import { doubtfulWords, extentOf } from '@/transcript/columns.ts'
import { announce } from '@/ui/announcer.tsx'
import { mark, rangeOfWord, rowElement } from './highlights.ts'
import { focusRow } from './roving.ts'
import type { Script } from './script.ts'
import { showPlace } from './spoken.ts'

export interface Doubts {
  count: number
  /** Goes to the next doubtful word (or the one before, with -1) and puts the focus on its paragraph. */
  next: (step: 1 | -1) => void
}

export function useDoubts(root: RefObject<HTMLElement | null>, script: Script): Doubts {
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
      showPlace(script, place)
      const range = rangeOfWord(paragraph, place.word)
      mark('match', range ? [range] : [])
      const row = rowElement(paragraph.id)
      if (root.current && row) focusRow(root.current, row, { preventScroll: true })
      const word = paragraph.text.slice(...extentOf(paragraph, place.word))
      announce(`${word}: ${text.sure(paragraph.conf[place.word] ?? 0)}`)
    },
    [doubts, paragraphs, script, root, text],
  )
  return { count: doubts.length, next }
}
