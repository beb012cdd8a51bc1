/** One transcript that is read, and edited where that is allowed. React reads snapshots; nothing here knows React. */
import { asBackendError, type BackendError } from '@/backend/backend.ts'
import type { Paragraph, Saved, TranscriptBody, Transcripts } from '@/backend/transcripts.ts'
import type { JobRef } from '@/backend/types.ts'
import { loadChunk } from '@/chunks.ts'
import { randomHex } from '@/ids.ts'
import type { Autosave } from './autosave.ts'
import type { Drafts } from './draft.ts'
import type { Editing } from './editing.ts'
import type { Op } from './ops.ts'
import type { TranscriptDocument } from './revised.ts'
import { reusing } from './same.ts'
import { type Conflict, EMPTY, type TranscriptSnapshot } from './snapshot.ts'

export type { Conflict, Saving, TranscriptSnapshot } from './snapshot.ts'

export interface SessionOptions {
  /** For holders of a share link. */
  readOnly?: boolean
  drafts?: Drafts
  now?: () => number
  newId?: () => string
}

type Edits = typeof import('./edits.ts')

export const openTranscript = (backend: Transcripts, ref: JobRef, options: SessionOptions = {}): TranscriptSession =>
  new TranscriptSession(backend, ref, options)

export class TranscriptSession {
  private snapshot = EMPTY
  private body: TranscriptBody | null = null
  private etag: string | null = null
  private fault: BackendError | null = null
  private conflict: Conflict | null = null
  private originals: Promise<readonly Paragraph[]> | null = null
  private autosave: Autosave | null = null
  private loading: Promise<void> | null = null
  private closed = false
  /** Changes of an earlier visit are being taken up. */
  private adopting = false
  /** What is shown for as long as nothing may be changed. */
  private text: TranscriptDocument = { paragraphs: [], speakers: {} }
  private edits: Edits | null = null
  private editing: Editing | null = null
  private readonly listeners = new Set<() => void>()

  constructor(
    private readonly backend: Transcripts,
    private readonly ref: JobRef,
    private readonly options: SessionOptions,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly getSnapshot = (): TranscriptSnapshot => this.snapshot

  /** Loads what is new: more text of a running job, or what somebody else has saved. Never rejects; see `fault`. */
  async refresh(): Promise<void> {
    await (this.loading ??= this.load().finally(() => (this.loading = null)))
  }

  /** False: it changes nothing here, or nothing may be changed. */
  apply(op: Op): boolean {
    const changed = this.snapshot.editable && this.editing?.apply(op) === true
    if (changed) this.publish()
    return changed
  }

  /** The caret has left this paragraph: what was typed there is one step, and an empty paragraph goes. */
  leaveParagraph(id: string): void {
    if (this.snapshot.editable && this.editing?.tidy(id)) this.publish()
  }

  /** The paragraph where something was undone (null in it: all over the text), or null if nothing was. */
  undo(): { paragraph: string | null } | null {
    return this.replay((editing) => editing.undo())
  }

  redo(): { paragraph: string | null } | null {
    return this.replay((editing) => editing.redo())
  }

  /** Sends unsaved changes now. */
  async save(): Promise<void> {
    await this.autosave?.flush()
  }

  /** The page is being left, perhaps for ever. */
  leave(): void {
    this.autosave?.leave()
  }

  /** The machine's paragraphs. Rejects with BackendError. */
  async machine(): Promise<readonly Paragraph[]> {
    this.originals ??= this.revision(0).then(({ paragraphs }) => paragraphs)
    this.originals.catch(() => (this.originals = null)) // asked again
    return this.originals
  }

  /** An older text, to look at. Rejects with BackendError. */
  async revision(revision: number): Promise<TranscriptBody> {
    return this.fetch({ revision })
  }

  /** Makes an older text the newest one, as a revision that can be undone. Rejects with BackendError. */
  async restore(revision: number): Promise<void> {
    await this.adopt((base) => this.backend.restoreRevision(this.ref, base, revision))
  }

  /** Tells the speakers apart anew, this many or, with null, as many as are heard; it can be undone. Rejects with BackendError. */
  async redoSpeakers(number: number | null): Promise<void> {
    await this.adopt((base) => this.backend.redoSpeakers(this.ref, base, number))
  }

  /** Ends a conflict. The other text stays a revision of its own, whichever is chosen. Rejects with BackendError. */
  async resolve(choice: 'mine' | 'theirs'): Promise<void> {
    const { conflict, autosave, edits } = this
    if (!conflict || !autosave || !edits) return
    const { mine, theirs } = conflict
    try {
      const saved = await this.backend.saveRevision(this.ref, theirs.revision, edits.difference(theirs, mine))
      if (choice === 'theirs') await this.backend.restoreRevision(this.ref, saved.revision, theirs.revision)
    } catch (error) {
      const fault = asBackendError(error)
      if (fault.code === 'revision_conflict') this.conflict = { mine, theirs: await this.fetch({}) }
      this.publish()
      throw fault
    }
    const body = await this.fetch({})
    this.conflict = null
    autosave.reset({ base: body.revision, steps: [] })
    autosave.savedAt = Date.now()
    this.body = body
    this.take(body)
    this.publish()
  }

  close(): void {
    this.closed = true
    this.autosave?.leave()
    this.autosave?.stop()
  }

  /** What the server makes of the newest text is a step here too. */
  private async adopt(made: (base: number) => Promise<Saved>): Promise<void> {
    await this.save()
    if (!this.autosave || this.autosave.busy) throw this.autosave?.fault ?? asBackendError(new Error('not saved'))
    const saved = await made(this.autosave.draft.base)
    const body = await this.fetch({})
    this.autosave.reset({ base: body.revision, steps: [] })
    this.autosave.savedAt = Date.parse(saved.saved_at)
    this.body = body
    this.editing?.adopt(body)
    this.publish()
  }

  private replay(step: (editing: Editing) => { paragraph: string | null } | null): { paragraph: string | null } | null {
    const done = this.snapshot.editable && this.editing ? step(this.editing) : null
    if (done) this.publish()
    return done
  }

  private async load(): Promise<void> {
    try {
      const reply = await this.backend.transcript(this.ref, { etag: this.etag })
      if (reply !== 'unchanged') {
        await this.meet(reply.transcript)
        this.etag = reply.etag
      }
      this.fault = null
    } catch (error) {
      this.fault = asBackendError(error)
    }
    this.publish()
  }

  /** News of the text, while there may be changes of our own. */
  private async meet(body: TranscriptBody): Promise<void> {
    if (this.conflict) return
    if (!this.autosave && !this.options.readOnly && body.status === 'completed') return this.begin(body)
    if (this.autosave?.busy) return // saving finds out
    if (this.autosave && body.revision < this.autosave.draft.base) return // asked before the last save
    this.autosave?.reset({ base: body.revision, steps: [] })
    this.body = body
    this.take(body)
  }

  /** Another text, of which nothing here was the cause. */
  private take(document: TranscriptDocument): void {
    if (this.editing) this.editing.load(document)
    else this.text = reusing(this.text, document)
  }

  /** From now on the text may be edited; changes that an earlier visit left are taken up. It can be read meanwhile. */
  private async begin(body: TranscriptBody): Promise<void> {
    this.body = body
    this.take(body)
    this.publish()
    const edits = await loadChunk(() => import('./edits.ts'))
    const draft = await (this.options.drafts ?? edits.browserDrafts()).open(this.ref.id)
    if (this.closed) return draft.leave()
    const autosave: Autosave = new edits.Autosave(body.revision, draft, {
      send: (base, operations, keepalive) => this.backend.saveRevision(this.ref, base, operations, keepalive),
      changed: () => this.publish(),
      settle: () => this.settle(autosave, edits),
    })
    this.edits = edits
    this.editing = new edits.Editing(this.text, autosave, this.options.newId ?? newParagraphId, this.options.now)
    this.autosave = autosave
    if (!draft.found) return
    this.adopting = true
    autosave.resume(draft.found)
    await autosave.flush()
  }

  /** The server is further than our changes. Rejects with BackendError. */
  private async settle(autosave: Autosave, edits: Edits): Promise<void> {
    const { draft } = autosave
    const outcome = await edits.reconcile(this.backend, this.ref, draft)
    if (autosave.draft.steps !== draft.steps) return this.settle(autosave, edits) // typed on meanwhile
    this.body = outcome.newest
    this.adopting = false
    if (outcome.kind === 'conflict') {
      autosave.held = true
      this.conflict = { mine: outcome.mine, theirs: outcome.newest }
      this.take(outcome.mine)
    } else {
      // One step was refused: when that is undone, what is left of all together may be taken.
      const refused = autosave.fault?.code === 'bad_request'
      const steps = refused ? [edits.difference(outcome.newest, outcome.document)] : outcome.draft.steps
      this.take(outcome.document)
      autosave.reset({ ...outcome.draft, steps: steps.filter((step) => step.length > 0) })
    }
    this.publish()
  }

  private async fetch(ask: { revision?: number }): Promise<TranscriptBody> {
    const reply = await this.backend.transcript(this.ref, ask)
    if (reply === 'unchanged') throw asBackendError(new Error('unchanged, though nothing was known'))
    return reply.transcript
  }

  private publish(): void {
    if (this.closed) return
    const { autosave, body, editing, conflict } = this
    const fault = this.fault ?? autosave?.fault ?? null
    this.snapshot = {
      phase: body ? 'ready' : fault ? 'failed' : 'loading',
      ...{ fault, body, conflict },
      ...(editing?.document ?? this.text),
      language: body?.language ?? null,
      durationMs: body?.duration_ms ?? 0,
      finalUntilMs: body?.final_until_ms ?? 0,
      revision: autosave?.draft.base ?? body?.revision ?? 0,
      saving: conflict ? 'conflict' : (autosave?.saving ?? 'saved'),
      savedAt: autosave?.savedAt ?? null,
      kept: autosave?.kept ?? true,
      canUndo: editing?.canUndo ?? false,
      canRedo: editing?.canRedo ?? false,
      editable: autosave !== null && !conflict && !this.adopting,
    }
    for (const listener of this.listeners) listener()
  }
}

/** Unique in a document, and for whoever else edits it at the same time. */
const newParagraphId = (): string => `p${randomHex(64)}`
