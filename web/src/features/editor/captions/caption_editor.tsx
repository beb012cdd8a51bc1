import { type ReactNode, type RefObject, Suspense, useCallback, useEffect, useMemo } from 'react'
import { flushSync } from 'react-dom'
import type { OwnCue } from '@/backend/captions.ts'
import type { Cues } from '@/backend/transcripts.ts'
import type { JobRef } from '@/backend/types.ts'
import type { TranscriptSession, TranscriptSnapshot } from '@/transcript/session.ts'
import { Button } from '@/ui/button.tsx'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import { addOwn } from './acts.ts'
import { bracketOf } from './brackets.ts'
import { CaptionRow } from './caption_row.tsx'
import { setAt } from './caption_tools.tsx'
import { type CaptionWords, useCaptionWords } from './caption_words.ts'
import { type Captioning, useCaptioning } from './captioning.ts'
import type { FollowedPlayer } from './followed_player.ts'
import './captions.css'

const Waveform = lazyChunk(() => import('./waveform/waveform.tsx'), 'Waveform')

export interface OpenCaption {
  cue: number
  node: ReactNode
}

interface Given {
  jobRef: JobRef
  session: TranscriptSession
  transcript: TranscriptSnapshot
  player: FollowedPlayer
  cues: Cues
  show: (cues: Cues) => void
  /** The list: rows [data-cue], each with a button. */
  root: RefObject<HTMLElement | null>
}

export interface CaptionEditor {
  open: OpenCaption | null
  write: (cue: number, characters?: number) => void
  bar: ReactNode
  /** The sound, in which the edges of captions are dragged. */
  lane: ReactNode
}

/** Changing captions, in a list that puts `open` in the place of a row's text. */
export function useCaptionEditor({ jobRef, session, transcript, player, cues, show, root }: Given): CaptionEditor {
  const words = useCaptionWords()
  const captioning = useCaptioning({ session, cues, show, words })
  const { open } = captioning
  const { language, durationMs, paragraphs } = transcript
  const playheadMs = useCallback(() => player.ms, [player])
  const onPlace = useCallback((ms: number) => player.seek(ms), [player])
  useListKeys(captioning, root, playheadMs, words)
  const add = (kind: OwnCue['kind']): void => {
    const cue = addOwn(captioning.board, kind, kind === 'music' ? '♪' : words.soundText, player.ms, durationMs)
    captioning.tell(cue !== null, words.added)
    if (cue !== null) captioning.write(cue, 'text', [0, 100])
  }
  const { write } = captioning
  const opened = useMemo(
    () => open && { cue: open.cue, node: <CaptionRow key={open.cue} {...{ captioning, words, language, playheadMs, durationMs, onPlace }} cue={open.cue} /> },
    [open, captioning, words, language, playheadMs, durationMs, onPlace],
  )
  const lane = useMemo(
    () => (
      <Suspense>
        <Waveform {...{ jobRef, captioning, cues, paragraphs, durationMs, player, words }} />
      </Suspense>
    ),
    [jobRef, captioning, cues, paragraphs, durationMs, player, words],
  )
  return {
    open: opened,
    lane,
    write: useCallback((cue, characters = 0) => write(cue, 'text', [characters, characters]), [write]),
    bar: <AddBar words={words} onAdd={add} />,
  }
}

function AddBar({ words, onAdd }: { words: CaptionWords; onAdd: (kind: OwnCue['kind']) => void }) {
  return (
    <div role="group" aria-label={words.add} className="edit-bar">
      {(['music', 'sound'] as const).map((kind) => (
        <Button key={kind} small kind="quiet" title={words.add} onClick={() => onAdd(kind)}>
          {words[kind]}
        </Button>
      ))}
      <Button small kind="quiet" title={words.add} onClick={() => onAdd('text')}>
        {words.written}
      </Button>
    </div>
  )
}

/** On a row, or in the caption that is open. */
function useListKeys(captioning: Captioning, root: RefObject<HTMLElement | null>, playheadMs: () => number, words: CaptionWords): void {
  const { open, write, close } = captioning
  useEffect(() => {
    const list = root.current
    if (!list) return
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement
      const cue = Number(target.closest<HTMLElement>('[data-cue]')?.dataset['cue'] ?? -1)
      if (cue < 0 || event.defaultPrevented || event.isComposing) return
      if (!obey(event, target, cue)) return
      event.preventDefault()
      event.stopPropagation()
    }
    const obey = (event: KeyboardEvent, target: HTMLElement, cue: number): boolean => {
      const typing = target.matches('[data-writing]')
      const bare = !event.ctrlKey && !event.metaKey
      const bracket = bracketOf(event, typing)
      if (bracket) setAt(captioning, cue, bracket, playheadMs(), words)
      else if (event.key === 'Escape' && open) leave(target)
      else if (!typing && event.code === 'KeyE' && bare && !event.altKey && !event.shiftKey && !target.matches('select')) write(cue)
      else if (open && (event.ctrlKey || event.metaKey) && !event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
        const next = cue + (event.key === 'ArrowUp' ? -1 : 1)
        if (captioning.board.row(next)) write(next, captioning.at.current.part)
      } else return false
      return true
    }
    const leave = (target: HTMLElement): void => {
      const row = target.closest('[data-cue]')
      flushSync(close)
      row?.querySelector('button')?.focus({ preventScroll: true })
    }
    list.addEventListener('keydown', onKey)
    return () => list.removeEventListener('keydown', onKey)
  })
}
