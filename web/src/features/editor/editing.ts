import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { clock } from '@/i18n/format.ts'
import { useText } from '@/i18n/language.ts'
import type { Paragraph } from '@/transcript/columns.ts'
import type { Room } from '@/transcript/ops.ts'
import type { TranscriptSession } from '@/transcript/session.ts'
import { freeLabel, type Reach, reached, speakersOf } from '@/transcript/speakers.ts'
import { edgeNear, separator } from '@/transcript/tokens.ts'
import { announce } from '@/ui/announcer.tsx'
import { useSpeakerWords } from '../speaker_words.ts'

/** Where somebody writes. */
export interface Place {
  id: string
  /** Where the caret is put, in UTF-16 units. */
  caret: number
  /** Up to where the text behind it is selected; what is typed takes its place. */
  until?: number
}

export interface Editing {
  on: boolean
  place: Place | null
  /** Writes in this paragraph, and stops writing elsewhere. With `until`, the text from `caret` to there is selected. */
  write: (id: string, caret: number, until?: number) => void
  /** Edit mode without a caret yet, or out of it. */
  turn: (on: boolean) => void
  type: (text: string) => void
  split: (at: number) => void
  /** With the paragraph above, or the one below with it. */
  join: (side: 'above' | 'below') => void
  moveWords: (at: number, to: 'up' | 'down') => void
  /** To the paragraph above or below; false at the end of the text. */
  go: (side: 'above' | 'below', caret: 'start' | 'end' | number) => boolean
  /** `number` counts the speakers from 1; one more than there are is somebody new. `reach`: of which paragraphs. */
  speaker: (id: string, number: number, reach?: Reach) => void
  restore: (id: string) => Promise<void>
  /** Writes what was said there and nobody wrote yet. */
  begin: (room: Room) => void
  undo: () => void
  redo: () => void
  save: () => void
}

/** What is being written, and where. */
export function useEditing(session: TranscriptSession): Editing {
  const { editor: text } = useText()
  const words = useSpeakerWords()
  const [on, setOn] = useState(false)
  const [place, setPlace] = useState<Place | null>(null)
  const at = useRef<string | null>(null)
  const begun = useRef<{ id: string; room: Room } | null>(null)
  const put = useCallback(
    (next: Place | null) => {
      const former = at.current
      at.current = next?.id ?? null
      if (former !== null && former !== at.current) session.leaveParagraph(former)
      setPlace(next)
    },
    [session],
  )
  useEffect(() => {
    // Somebody else's change, or an undo, may have taken the paragraph away.
    return session.subscribe(() => {
      const { conflict } = session.getSnapshot()
      if (conflict) setOn(false)
      if (at.current === null || (paragraphOf(session, at.current) && !conflict)) return
      at.current = null
      setPlace(null)
    })
  }, [session])

  const editing = useMemo(() => {
    const here = (): Paragraph | null => paragraphOf(session, at.current)
    const beside = (side: 'above' | 'below'): Paragraph | null => {
      const { paragraphs } = session.getSnapshot()
      const index = paragraphs.findIndex(({ id }) => id === at.current)
      return (index < 0 ? null : paragraphs[index + (side === 'above' ? -1 : 1)]) ?? null
    }
    const write = (id: string, caret: number, until = caret): void => {
      const paragraph = paragraphOf(session, id)
      if (!paragraph || !session.getSnapshot().editable) return
      if (at.current === null) announce(text.writing(clock(paragraph.starts[0] ?? 0)))
      setOn(true)
      put({ id, caret, until })
    }
    const joinAt = (first: Paragraph, second: Paragraph): void => {
      const caret = first.text.trimEnd().length + separator(first.text.trimEnd(), second.text.trimStart()).length
      if (!session.apply({ kind: 'join', id: second.id })) return
      at.current = first.id // it is not left, it has grown
      setPlace({ id: first.id, caret })
      announce(text.joined)
    }
    const replay = (step: () => { paragraph: string | null } | null, said: string): void => {
      const before = session.getSnapshot().paragraphs
      const writing = at.current !== null
      const done = step()
      announce(done ? said : text.nothingToUndo)
      const paragraph = done && paragraphOf(session, done.paragraph)
      if (!paragraph) return
      const former = before.find(({ id }) => id === paragraph.id)?.text ?? ''
      if (writing) put({ id: paragraph.id, caret: endOfChange(former, paragraph.text) })
      else document.querySelector(`[data-row="${CSS.escape(paragraph.id)}"]`)?.scrollIntoView({ block: 'nearest' })
    }
    return {
      write,
      turn: (wanted: boolean): void => {
        setOn(wanted)
        if (wanted) return
        put(null)
        announce(text.stopped)
      },
      type: (written: string): void => {
        const room = begun.current && begun.current.id === at.current ? begun.current.room : undefined
        if (at.current !== null) session.apply({ kind: 'edit', id: at.current, text: written, ...(room && { room }) })
      },
      split: (caret: number): void => {
        const paragraph = here()
        if (!paragraph || !session.apply({ kind: 'split', id: paragraph.id, at: edgeNear(paragraph.text, caret) })) return
        const next = beside('below')
        if (next) put({ id: next.id, caret: 0 })
        announce(text.parted)
      },
      join: (side: 'above' | 'below'): void => {
        const [one, other] = side === 'above' ? [beside('above'), here()] : [here(), beside('below')]
        if (one && other) joinAt(one, other)
      },
      moveWords: (caret: number, to: 'up' | 'down'): void => {
        const id = at.current
        const neighbour = beside(to === 'up' ? 'above' : 'below')
        if (id === null || !session.apply({ kind: 'moveWords', id, at: caret, to })) return
        const left = paragraphOf(session, id)
        if (left) setPlace({ id, caret: to === 'up' ? 0 : left.text.length })
        else if (neighbour) put({ id: neighbour.id, caret: to === 'up' ? (paragraphOf(session, neighbour.id)?.text.length ?? 0) : 0 })
        announce(text.moved)
      },
      go: (side: 'above' | 'below', caret: 'start' | 'end' | number): boolean => {
        const next = beside(side)
        if (!next) return false
        put({ id: next.id, caret: caret === 'start' ? 0 : caret === 'end' ? next.text.length : Math.min(caret, next.text.length) })
        return true
      },
      speaker: (id: string, number: number, reach: Reach = 'paragraph'): void => {
        const document = session.getSnapshot()
        const speakers = speakersOf(document)
        const label = speakers[number - 1]?.label ?? (number === speakers.length + 1 ? freeLabel(document) : null)
        const ids = reached(document.paragraphs, id, reach)
        if (label === null || !session.apply({ kind: 'setSpeaker', ids, speaker: label })) return
        const name = document.speakers[label] ?? label
        announce(ids.length > 1 ? words.reached(name, ids.length) : text.spokenBy(name))
      },
      restore: async (id: string): Promise<void> => {
        const machine = await session.machine()
        if (session.apply({ kind: 'restore', id, machine })) announce(text.restored)
      },
      begin: (room: Room): void => {
        const known = new Set(session.getSnapshot().paragraphs.map(({ id }) => id))
        if (!session.apply({ kind: 'insert', ms: room.start })) return
        const id = session.getSnapshot().paragraphs.find((paragraph) => !known.has(paragraph.id))?.id
        if (id === undefined) return
        begun.current = { id, room }
        write(id, 0)
      },
      undo: () => replay(() => session.undo(), text.undone),
      redo: () => replay(() => session.redo(), text.redone),
      save: () => void session.save().then(() => announce(session.getSnapshot().saving === 'saved' ? text.allSaved : text.notSaved)),
    }
  }, [session, text, words, put])
  return useMemo(() => ({ ...editing, on, place }), [editing, on, place])
}

const paragraphOf = (session: TranscriptSession, id: string | null): Paragraph | null =>
  session.getSnapshot().paragraphs.find((paragraph) => paragraph.id === id) ?? null

/** Behind what is another in `now` than it was. */
function endOfChange(before: string, now: string): number {
  const most = Math.min(before.length, now.length)
  let same = 0
  while (same < most && before.at(-1 - same) === now.at(-1 - same)) same += 1
  return now.length - same
}
