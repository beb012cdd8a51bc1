import { type ReactNode, type RefObject, useEffect, useMemo, useRef } from 'react'
import type { TranscriptSession } from '@/transcript/session.ts'
import type { ChosenWord } from '../chosen_word.ts'
import { useEditEvents } from './edit_events.ts'
import { type Editing, useEditing } from './editing.ts'
import type { PlayerHandle } from './player_handle.ts'
import { type TypingPlayback, useWhileTyping } from './while_typing.ts'
import { Writing } from './writing.tsx'

export interface Editor {
  editing: Editing
  typing: TypingPlayback
  /** The paragraph that is written in, and what stands in the place of its text. */
  field: { id: string; make: (attributes: { id: string; 'data-text': string }) => ReactNode } | null
}

interface Given {
  session: TranscriptSession
  player: PlayerHandle
  /** All of the viewer. */
  region: RefObject<HTMLElement | null>
  /** The text: rows [data-row=id], each with a button and its text [data-text=id]. */
  root: RefObject<HTMLElement | null>
  keysOn: boolean
  chosen: RefObject<ChosenWord | null>
  /** Somebody begins to write: the text should no longer follow the recording. */
  onWrite: () => void
}

/** Editing, in a viewer that puts `field` into its text and <EditTools> above it. */
export function useEditor({ session, player, region, root, keysOn, chosen, onWrite }: Given): Editor {
  const editing = useEditing(session)
  const typing = useWhileTyping(player)
  useEditEvents({ session, editing, region, root, keysOn, chosen })
  const begun = useRef(onWrite)
  useEffect(() => {
    begun.current = onWrite
  })
  const { place } = editing
  const { typed } = typing
  const here = place?.id
  useEffect(() => {
    if (here !== undefined) begun.current()
  }, [here])
  const field = useMemo(
    () =>
      place && {
        id: place.id,
        make: (attributes: { id: string; 'data-text': string }) => <Writing {...{ session, editing, place, typed, attributes }} />,
      },
    [session, editing, place, typed],
  )
  return useMemo(() => ({ editing, typing, field }), [editing, typing, field])
}
