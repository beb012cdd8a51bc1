/** A text that is edited, and what an operation makes of it. */
import type { OwnCue, Shifts } from '@/backend/captions.ts'
import type { Operation, Paragraph } from '@/backend/transcripts.ts'

export interface TranscriptDocument {
  readonly paragraphs: readonly Paragraph[]
  /** Names that people gave to speakers' labels. */
  readonly speakers: Readonly<Record<string, string>>
  /** Captions without words of the text, in order. */
  readonly own?: readonly OwnCue[]
  /** How much later than it is said the text is shown. */
  readonly shifts?: Shifts
}

/** An operation that does not fit the document. */
export class Unfit extends Error {}

export interface Revised {
  document: TranscriptDocument
  /** Undoes it. */
  inverse: Operation[]
}
