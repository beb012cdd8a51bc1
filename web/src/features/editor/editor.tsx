import { type ReactNode, type RefObject, useEffect, useMemo, useRef } from 'react'
import type { TranscriptSession } from '@/transcript/session.ts'
import { useEditEvents } from './edit_events.ts'
import { type Editing, useEditing } from './editing.ts'
import type { PlayerHandle } from './player_handle.ts'
import { type TypingPlayback, useWhileTyping } from './while_typing.ts'
import { Writing } from './writing.tsx'

export interface Editor {
  editing: Editing
  typing: TypingPlayback
  /** What stands in the place of this paragraph's text while it is written in. */
  writing: { id: string; element: ReactNode } | null
}

interface Given {
  session: TranscriptSession
  player: PlayerHandle
  /** All of the viewer. */
  region: RefObject<HTMLElement | null>
  /** The text: rows [data-row=id], each with a button and its text [data-text=id]. */
  root: RefObject<HTMLElement | null>
  keysOn: boolean
  /** The id of the element that holds a paragraph's text. */
  textId: (paragraphId: string) => string
  /** Somebody begins to write: the text should no longer follow the recording. */
  onWrite: () => void
}

/** Editing in a viewer of its own making: `writing` is put into the text, <EditTools> above it. */
export function useEditor({ session, player, region, root, keysOn, textId, onWrite }: Given): Editor {
  const editing = useEditing(session)
  const typing = useWhileTyping(player)
  useEditEvents({ session, editing, region, root, keysOn })
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
  const writing = useMemo(
    () =>
      place && {
        id: place.id,
        element: (
          <Writing {...{ session, editing, place, typed }} attributes={{ id: textId(place.id), 'data-text': place.id }} />
        ),
      },
    [session, editing, place, typed, textId],
  )
  return useMemo(() => ({ editing, typing, writing }), [editing, typing, writing])
}
