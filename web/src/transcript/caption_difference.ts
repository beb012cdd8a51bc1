/** What makes the captions of one text into those of another. */
import type { CaptionOperation } from '@/backend/caption_operations.ts'
import type { OwnCue } from '@/backend/captions.ts'
import type { Paragraph } from '@/backend/transcripts.ts'
import { sameOverrides } from './same.ts'
import type { TranscriptDocument } from './revised.ts'

/** In paragraphs that are else the same. */
export function captionsDiffer(ours: readonly Paragraph[], theirs: readonly Paragraph[]): CaptionOperation[] {
  const paragraphs = theirs.filter(({ overrides }, at) => !sameOverrides(ours[at]?.overrides, overrides))
  return paragraphs.length > 0 ? [{ op: 'override', paragraphs: paragraphs.map(({ id, overrides }) => ({ id, overrides: overrides ?? [] })) }] : []
}

export function ownDifference({ own: ours = [] }: TranscriptDocument, { own: theirs = [] }: TranscriptDocument): CaptionOperation[] {
  const known = new Map(ours.map((cue) => [cue.id, cue]))
  const made = theirs.flatMap((cue): CaptionOperation[] => {
    const former = known.get(cue.id)
    known.delete(cue.id)
    return former && sameCue(former, cue) ? [] : [{ op: former ? 'changeCue' : 'addCue', cue }]
  })
  return [...[...known.keys()].map((id): CaptionOperation => ({ op: 'removeCue', id })), ...made]
}

const sameCue = (one: OwnCue, other: OwnCue): boolean =>
  (['start_ms', 'end_ms', 'text', 'kind', 'italic', 'position', 'align'] as const).every((key) => (one[key] ?? false) === (other[key] ?? false))

/** A shift is named by a word that is said from then on; where there is none, nothing is shown later. */
export function shiftDifference({ shifts: ours = [], paragraphs }: TranscriptDocument, { shifts: theirs = [] }: TranscriptDocument): CaptionOperation[] {
  const [have, want] = [new Map(ours), new Map(theirs)]
  return [...new Set([...have.keys(), ...want.keys()])].flatMap((from): CaptionOperation[] => {
    const ms = (want.get(from) ?? 0) - (have.get(from) ?? 0)
    const paragraph = ms === 0 ? undefined : paragraphs.find(({ starts }) => (starts.at(-1) ?? -1) >= from)
    return paragraph ? [{ op: 'shift', first: [paragraph.id, paragraph.starts.findIndex((start) => start >= from)], ms }] : []
  })
}
