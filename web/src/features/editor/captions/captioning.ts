import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { WordAt } from '@/backend/caption_operations.ts'
import type { Cues } from '@/backend/transcripts.ts'
import { charactersBefore, flatText, flattened, placeBehind, placeOf, wordAtPlace } from '@/transcript/cue_text.ts'
import { cueOfWord, lastCueAt } from '@/transcript/cues.ts'
import type { TranscriptSession } from '@/transcript/session.ts'
import { announce } from '@/ui/announcer.tsx'
import { Board } from './board.ts'
import type { CaptionWords } from './caption_words.ts'

export type PartOfCue = 'text' | 'start' | 'end'

/** The caption that is open for writing. */
export interface Open {
  cue: number
  part: PartOfCue
  /** What is selected of its text, in characters that are no white space: lines and spaces may come and go. */
  selected: [number, number]
  /** Another number: the focus goes there again. */
  asked: number
}

export interface Captioning {
  board: Board
  open: Open | null
  write: (cue: number, part?: PartOfCue, selected?: [number, number]) => void
  close: () => void
  /** Where in the open caption somebody is. */
  at: RefObject<{ part: PartOfCue; selected: [number, number] }>
  /** Says that it was done, or that it could not be. */
  tell: (done: boolean, said: string) => void
  replay: (direction: 'undo' | 'redo') => void
}

interface Given {
  session: TranscriptSession
  cues: Cues
  show: (cues: Cues) => void
  words: CaptionWords
}

/** Which caption is written in, and where it goes when the server has made the captions anew. */
export function useCaptioning({ session, cues, show, words }: Given): Captioning {
  const board = useRef<Board>(null)
  board.current ??= new Board(cues, session, show)
  const [open, setOpen] = useState<Open | null>(null)
  const asked = useRef(0)
  const at = useRef<{ part: PartOfCue; selected: [number, number] }>({ part: 'text', selected: [0, 0] })
  const write = useCallback((cue: number, part: PartOfCue = 'text', selected: [number, number] = [0, 0]) => {
    at.current = { part, selected }
    setOpen({ cue, part, selected, asked: (asked.current += 1) })
  }, [])
  const close = useCallback(() => setOpen(null), [])
  useLayoutEffect(() => {
    const known = board.current
    if (!known || known.cues === cues) return
    const local = known.isLocal(cues)
    const anchor = open && !local ? anchorOf(known, open.cue, at.current.selected) : null
    known.cues = cues
    if (!anchor || !open) return
    const found = placed(known, anchor)
    if (found.cue < 0) return close()
    if (found.cue !== open.cue) write(found.cue, at.current.part, found.selected)
  }, [cues, open, write, close])
  useSaving(session)
  const replay = useCallback(
    (direction: 'undo' | 'redo') => {
      const done = session[direction]()
      announce(!done ? words.nothingToUndo : direction === 'undo' ? words.undone : words.redone)
      if (done) void session.save()
    },
    [session, words],
  )
  const tell = useCallback((done: boolean, said: string) => announce(done ? said : words.refused), [words])
  return useMemo(
    () => ({ board: board.current ?? new Board(cues, session, show), open, write, close, at, tell, replay }),
    [cues, session, show, open, write, close, tell, replay],
  )
}

interface Anchor {
  own: string | null
  word: { word: WordAt; inside: number } | null
  length: number
  ms: number
}

function anchorOf(board: Board, cue: number, [from, to]: [number, number]): Anchor {
  const row = board.row(cue)
  const parts = board.parts(cue)
  return { own: row?.own?.id ?? null, word: wordAtPlace(parts, placeOfSelection(flatText(parts), from)), length: to - from, ms: row?.start ?? 0 }
}

/** Behind the word before it, where nothing of the next is selected yet. */
const placeOfSelection = (flat: string, characters: number): number =>
  characters === 0 ? 0 : placeBehind(flat, characters - 1) + 1

function placed(board: Board, { own, word, length, ms }: Anchor): { cue: number; selected: [number, number] } {
  const { cues, session } = board
  if (own !== null) return { cue: cues.own.find(({ id }) => id === own)?.cue ?? -1, selected: [0, 0] }
  const places = new Map(session.getSnapshot().paragraphs.map(({ id }, index) => [id, index]))
  const cue = word ? cueOfWord(cues, word.word, (id) => places.get(id) ?? Infinity) : -1
  if (cue < 0 || !word) return { cue: lastCueAt(cues, ms), selected: [0, 0] }
  const parts = board.parts(cue)
  const begin = placeOf(parts, word.word)
  const from = charactersBefore(flattened(flatText(parts)), (begin ?? 0) + word.inside)
  return { cue, selected: [from, from + length] }
}

const CALM_MS = 700

/** The server makes the captions anew when it has the text: here it is told soon after the last stroke. */
function useSaving(session: TranscriptSession): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const leave = session.subscribe(() => {
      clearTimeout(timer)
      if (session.getSnapshot().saving === 'saving') timer = setTimeout(() => void session.save(), CALM_MS)
    })
    return () => {
      clearTimeout(timer)
      leave()
    }
  }, [session])
}
