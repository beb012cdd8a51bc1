import { type RefObject, useCallback, useRef } from 'react'
import { extentOf, type Place } from '@/transcript/columns.ts'
import type { ChosenWord } from '../chosen_word.ts'
import type { EditingInText } from './editing_slot.ts'
import { rowElement } from './text/highlights.ts'
import type { Playback } from './player/playback.ts'
import { focusRow } from './keyboard/roving.ts'
import type { Script } from './text/script.ts'
import { showPlace } from './text/spoken.ts'

/** How much of the recording is heard around a doubtful word, and from how long before it. */
const HEARD_MS = 2000
const BEFORE_MS = 500

export interface Choosing {
  chosen: RefObject<ChosenWord | null>
  /** A word was pointed at: the recording goes there, and so would writing. */
  point: (place: Place) => void
  /** A word is in doubt: it is shown, heard and, where somebody writes, selected. */
  doubt: (place: Place) => void
  /** Somebody begins to speak: it is shown and the recording goes there; where somebody writes, the caret too. */
  turn: (place: Place) => void
}

interface Given {
  root: RefObject<HTMLElement | null>
  script: Script
  playback: Playback
  editor: EditingInText | null
}

/** The word that one is at, for the ear, for the focus and for writing. */
export function useChoosing({ root, script, playback, editor }: Given): Choosing {
  const chosen = useRef<ChosenWord | null>(null)
  const focus = useCallback(
    (id: string): void => {
      const row = rowElement(id)
      if (root.current && row) focusRow(root.current, row, { preventScroll: true })
    },
    [root],
  )
  const point = useCallback(
    (place: Place): void => {
      const paragraph = script.paragraphs[place.paragraph]
      if (!paragraph) return
      const [from] = extentOf(paragraph, place.word)
      chosen.current = { id: paragraph.id, from, to: from }
      playback.seek(paragraph.starts[place.word] ?? paragraph.starts[0] ?? 0)
      focus(paragraph.id)
    },
    [script, playback, focus],
  )
  const doubt = useCallback(
    (place: Place): void => {
      const paragraph = script.paragraphs[place.paragraph]
      if (!paragraph) return
      const [from, to] = extentOf(paragraph, place.word)
      chosen.current = { id: paragraph.id, from, to }
      showPlace(script, place)
      playback.hear((paragraph.starts[place.word] ?? 0) - BEFORE_MS, HEARD_MS)
      if (editor?.field) editor.write(paragraph.id, from, to)
      else focus(paragraph.id)
    },
    [script, playback, editor, focus],
  )
  const turn = useCallback(
    (place: Place): void => {
      const id = script.paragraphs[place.paragraph]?.id
      showPlace(script, place)
      point(place)
      if (id !== undefined && editor?.field) editor.write(id, 0)
    },
    [script, point, editor],
  )
  return { chosen, point, doubt, turn }
}
