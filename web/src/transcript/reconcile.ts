/** What becomes of changes when the server has gone on without them. */
import type { Operation, TranscriptBody, Transcripts } from '@/backend/transcripts.ts'
import type { JobRef } from '@/backend/types.ts'
import { asBackendError } from '@/backend/backend.ts'
import { type TranscriptDocument, revise, sameDocument, Unfit } from './document.ts'
import type { Draft } from './draft.ts'
import { same } from './same.ts'

export type Outcome =
  /** Of `draft` this is left to be saved, on top of `newest`; `document` is what it makes. */
  | { kind: 'goes on'; draft: Draft; newest: TranscriptBody; document: TranscriptDocument }
  /** Others changed the same paragraphs. */
  | { kind: 'conflict'; newest: TranscriptBody; mine: TranscriptDocument }

export async function reconcile(backend: Transcripts, ref: JobRef, draft: Draft): Promise<Outcome> {
  const newest = await revisionOf(backend, ref)
  let base: TranscriptDocument = await baseOf(backend, ref, draft, newest)
  let number = base === newest ? newest.revision : draft.base
  let steps = fitting(base, draft.steps)
  // An answer may have been lost: then the next revision is what the first steps make.
  while (number < newest.revision && steps.length > 0) {
    const next = number + 1 === newest.revision ? newest : await revisionOf(backend, ref, number + 1)
    const saved = stepsThatMake(base, steps, next)
    if (saved === 0) break
    base = next
    number += 1
    steps = steps.slice(saved)
  }
  if (steps.length === 0) return { kind: 'goes on', draft: { base: newest.revision, steps }, newest, document: newest }
  const document = onTopOf(base, newest, steps)
  if (document) return { kind: 'goes on', draft: { base: newest.revision, steps }, newest, document }
  return { kind: 'conflict', newest, mine: revise(base, steps.flat()).document }
}

/** Of a history that goes back no longer, the newest text has to do. */
async function baseOf(backend: Transcripts, ref: JobRef, draft: Draft, newest: TranscriptBody): Promise<TranscriptDocument> {
  if (draft.base === newest.revision) return newest
  try {
    return await revisionOf(backend, ref, draft.base)
  } catch (error) {
    if (asBackendError(error).code === 'revision_not_found') return newest
    throw error
  }
}

/** Without the steps that fit no text any more: the others are not lost for them. */
function fitting(base: TranscriptDocument, steps: Draft['steps']): Draft['steps'] {
  let document = base
  return steps.filter((step) => {
    const next = attempt(document, step)
    document = next ?? document
    return next !== null
  })
}

function attempt(document: TranscriptDocument, operations: readonly Operation[]): TranscriptDocument | null {
  try {
    return revise(document, operations).document
  } catch (fault) {
    if (fault instanceof Unfit) return null
    throw fault
  }
}

async function revisionOf(backend: Transcripts, ref: JobRef, revision?: number): Promise<TranscriptBody> {
  const reply = await backend.transcript(ref, revision === undefined ? {} : { revision })
  if (reply === 'unchanged') throw asBackendError(new Error('unchanged, though nothing was known'))
  return reply.transcript
}

function stepsThatMake(base: TranscriptDocument, steps: Draft['steps'], wanted: TranscriptDocument): number {
  let document = base
  for (const [at, step] of steps.entries()) {
    document = revise(document, step).document
    if (sameDocument(document, wanted)) return at + 1
  }
  return 0
}

/** The steps on another text than the one they were made for, or null where others changed what they change. */
function onTopOf(base: TranscriptDocument, newest: TranscriptDocument, steps: Draft['steps']): TranscriptDocument | null {
  const operations = steps.flat()
  if (operations.some((operation) => touched(operation, base, newest))) return null
  return attempt(newest, operations)
}

function touched(operation: Operation, base: TranscriptDocument, newest: TranscriptDocument): boolean {
  if (operation.op === 'name') return base.speakers[operation.speaker] !== newest.speakers[operation.speaker]
  const cue = ownNamed(operation)
  if (cue !== null) return JSON.stringify(ownCue(base, cue)) !== JSON.stringify(ownCue(newest, cue))
  if (operation.op === 'shift' && JSON.stringify(base.shifts ?? []) !== JSON.stringify(newest.shifts ?? [])) return true
  const of = ({ paragraphs }: TranscriptDocument, id: string) => paragraphs.find((paragraph) => paragraph.id === id)
  return paragraphsNamed(operation).some((id) => of(base, id) !== undefined && !same(of(base, id), of(newest, id)))
}

const ownCue = ({ own }: TranscriptDocument, id: string) => own?.find((cue) => cue.id === id) ?? null

const ownNamed = (operation: Operation): string | null =>
  operation.op === 'removeCue' ? operation.id : operation.op === 'addCue' || operation.op === 'changeCue' ? operation.cue.id : null

function paragraphsNamed(operation: Operation): string[] {
  switch (operation.op) {
    case 'splice':
      return operation.remove
    case 'relabel':
      return operation.ids
    case 'override':
      return operation.paragraphs.map(({ id }) => id)
    case 'shift':
      return [operation.first[0]]
    case 'name':
    case 'addCue':
    case 'changeCue':
    case 'removeCue':
      return []
    default:
      return [operation.first[0], operation.last[0]]
  }
}
