import { type RefObject, useCallback, useMemo, useState } from 'react'
import { flushSync } from 'react-dom'
import { type Place, wordAt } from '@/transcript/columns.ts'
import { type Speaker, speakersOf, turnFrom } from '@/transcript/speakers.ts'
import { announce } from '@/ui/announcer.tsx'
import { useSpeakerWords } from '../../speaker_words.ts'
import type { EditingInText } from '../editing_slot.ts'
import type { Playback } from '../player/playback.ts'
import { nameOf, type Script } from './script.ts'

export interface Speaking {
  speakers: readonly Speaker[]
  /** The label of the one who alone is shown, if it is one. */
  only: string | null
  choose: (label: string | null) => void
  /** To the next turn, or the one before, of the one who is shown alone, else of whoever speaks here. */
  move: (step: 1 | -1) => void
  /** Shows all again where this paragraph is not among what is shown. */
  reveal: (paragraph: number) => void
}

interface Given {
  root: RefObject<HTMLElement | null>
  script: Script
  playback: Playback
  editor: EditingInText | null
  /** Brings a paragraph into view, to the ear and to the focus. */
  onTurn: (place: Place) => void
}

/** Who speaks, and following one of them through the text. */
export function useSpeaking({ root, script, playback, editor, onTurn }: Given): Speaking {
  const words = useSpeakerWords()
  const [chosen, choose] = useState<string | null>(null)
  const { paragraphs, speakers: names } = script
  const speakers = useMemo(() => speakersOf({ paragraphs, speakers: names }), [paragraphs, names])
  // Merged with another, or undone: whoever is gone hides nobody.
  const only = speakers.some(({ label }) => label === chosen) ? chosen : null
  const reveal = useCallback(
    (paragraph: number): void => {
      // At once: what comes next looks where the paragraph is.
      if (only !== null && paragraphs[paragraph]?.speaker !== only) flushSync(() => choose(null))
    },
    [only, paragraphs],
  )
  const here = useCallback((): number => {
    const row = document.activeElement?.closest<HTMLElement>('[data-row]')
    const id = editor?.field?.id ?? (row && root.current?.contains(row) ? row.dataset['row'] : undefined)
    return (id === undefined ? undefined : script.at.get(id)) ?? wordAt(paragraphs, playback.ms)?.paragraph ?? 0
  }, [root, script, paragraphs, playback, editor])
  const move = useCallback(
    (step: 1 | -1): void => {
      const from = here()
      const label = only ?? paragraphs[from]?.speaker ?? null
      if (label === null) return announce(words.nobody)
      const turn = turnFrom(paragraphs, from, label, step)
      const name = nameOf(script, label) ?? label
      if (turn === null) return announce(step > 0 ? words.noNext(name) : words.noPrevious(name))
      onTurn({ paragraph: turn, word: 0 })
    },
    [here, only, paragraphs, script, words, onTurn],
  )
  return useMemo(() => ({ speakers, only, choose, move, reveal }), [speakers, only, move, reveal])
}
