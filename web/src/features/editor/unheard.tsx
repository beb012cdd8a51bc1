import { useRef } from 'react'
import { reviewDe } from '@/i18n/de/review.ts'
import { reviewEn } from '@/i18n/en/review.ts'
import { type Language, useLanguage } from '@/i18n/language.ts'
import type { Words } from '@/i18n/words.ts'
import type { Paragraph } from '@/backend/transcripts.ts'
import type { Room } from '@/transcript/ops.ts'
import type { TranscriptSnapshot } from '@/transcript/session.ts'
import { Button } from '@/ui/button.tsx'
import type { Editing } from './editing.ts'
import type { PlayerHandle } from './player_handle.ts'

const WORDS: Record<Language, Words<typeof reviewEn>> = { en: reviewEn, de: reviewDe }

interface Props {
  transcript: TranscriptSnapshot
  editing: Editing
  player: PlayerHandle
  /** Shows the text, where something else is shown instead of it. */
  toText: (() => void) | undefined
}

/** Where speech was heard and no words were found, or none in the whole recording: a person may type them. */
export function Unheard({ transcript, editing, player, toText }: Props) {
  const words = WORDS[useLanguage()]
  const last = useRef(-1)
  const { paragraphs, body, durationMs } = transcript
  const rooms = paragraphs.length === 0 ? [{ start: 0, end: durationMs }] : unheard(paragraphs, body?.coverage?.unresolved ?? [])
  if (rooms.length === 0 || !transcript.editable) return null
  const begin = (): void => {
    const room = rooms.find(({ start }) => start > last.current) ?? rooms[0]
    if (!room) return
    last.current = room.start
    toText?.()
    player.hear(room.start, room.end - room.start)
    editing.begin(room)
  }
  return (
    <Button small onClick={begin}>
      {paragraphs.length === 0 ? words.typeText : words.typeMissing(rooms.length)}
    </Button>
  )
}

/** The stretches in which no word begins. */
export const unheard = (paragraphs: readonly Paragraph[], stretches: readonly (readonly [number, number])[]): Room[] =>
  stretches
    .filter(([from, to]) => !paragraphs.some(({ starts }) => starts.some((start) => start >= from && start < to)))
    .map(([start, end]) => ({ start, end }))
