/** What the page knows of one transcript. */
import type { BackendError } from '@/backend/backend.ts'
import type { TranscriptBody } from '@/backend/transcripts.ts'
import type { TranscriptDocument } from './document.ts'

/** `unsaved-offline`: the server cannot be reached and is tried again. `unsaved-fault`: it refused, `fault` says why. */
export type Saving = 'saved' | 'saving' | 'unsaved-offline' | 'unsaved-fault' | 'conflict'

/** Two people changed the same paragraphs. */
export interface Conflict {
  mine: TranscriptDocument
  theirs: TranscriptBody
}

export interface TranscriptSnapshot extends TranscriptDocument {
  /** `failed`: nothing could be loaded, and `fault` says why. */
  phase: 'loading' | 'ready' | 'failed'
  /** Why the last attempt to load or to save went wrong. */
  fault: BackendError | null
  /** What was loaded last, for its title, coverage and status. Its paragraphs are older than those of the snapshot. */
  body: TranscriptBody | null
  language: string | null
  durationMs: number
  finalUntilMs: number
  /** The newest that is known here; changes that are not saved yet are on top of it. */
  revision: number
  saving: Saving
  /** ms since 1970. */
  savedAt: number | null
  /** What is not saved outlives a reload. */
  kept: boolean
  conflict: Conflict | null
  canUndo: boolean
  canRedo: boolean
  editable: boolean
}

export const EMPTY: TranscriptSnapshot = {
  ...{ phase: 'loading', fault: null, body: null, paragraphs: [], speakers: {}, language: null },
  ...{ durationMs: 0, finalUntilMs: 0, revision: 0, saving: 'saved', savedAt: null, kept: true },
  ...{ conflict: null, canUndo: false, canRedo: false, editable: false },
}
