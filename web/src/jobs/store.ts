/** All jobs this browser knows, whatever told it of them. React reads snapshots; nothing here knows React. */
import type { Job, JobRef } from '@/backend/types.ts'
import { KEY, readJobs, readRemoved, type StoredJob, writeJobs, writeRemoved } from './cache.ts'
import { merge } from './merge.ts'

export interface Entry {
  ref: JobRef
  addedAt: number
  job: Job | null
  /** When this browser first saw it do what it does now, in ms since 1970; also of how its `eta_s` was told. */
  since: number
  etaAt: number
  /** The last sentence heard, of a job that is being transcribed. */
  heard: string
  /** Asked to stop or go, and not answered yet. */
  pending: 'cancelling' | 'deleting' | 'retrying' | null
}

export interface Snapshot {
  /** Newest first. */
  entries: readonly Entry[]
  /** The server did not answer when it was last asked. */
  offline: boolean
  /** When it last did, in ms since 1970. */
  seenAt: number | null
  /** False when the browser keeps nothing: a reload will forget these jobs. */
  kept: boolean
}

export class JobStore {
  private entries = new Map<string, Entry>()
  private removed: Set<string>
  private readonly forgotten = new Set<string>()
  private readonly listeners = new Set<() => void>()
  private snapshot: Snapshot = { entries: [], offline: false, seenAt: null, kept: true }

  constructor(private readonly storage: Storage | null) {
    this.removed = new Set(readRemoved(storage))
    for (const stored of readJobs(storage)) this.adopt(stored)
    this.publish({})
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly getSnapshot = (): Snapshot => this.snapshot

  get(id: string): Entry | undefined {
    return this.entries.get(id)
  }

  add(ref: JobRef): void {
    if (this.entries.has(ref.id)) return
    const now = Date.now()
    this.entries.set(ref.id, { ref, addedAt: now, since: now, etaAt: now, job: null, heard: '', pending: null })
    this.keep({})
  }

  /** News of a job from anywhere. Of jobs that are not ours, or no longer, nothing is taken. */
  merge(news: readonly Job[]): void {
    let changed = false
    for (const job of news) {
      const entry = this.entries.get(job.job_id)
      if (!entry) continue
      const merged = merge(entry.job, job)
      if (merged === entry.job) continue
      this.entries.set(job.job_id, { ...entry, ...timesOf(entry, merged), job: merged })
      changed = true
    }
    if (changed) this.keep({})
  }

  /** Forget a job: its server said that it is gone, or its owner took it from the list. Answers on their way are too late. */
  remove(ids: readonly string[]): void {
    const known = ids.filter((id) => this.entries.delete(id))
    for (const id of known) this.removed.add(id)
    if (known.length === 0) return
    writeRemoved(this.storage, [...this.removed])
    this.keep({})
  }

  /** Taken from the list by its owner, who may want it back. */
  forget(id: string): void {
    this.forgotten.add(id)
    this.remove([id])
  }

  wasForgotten(id: string): boolean {
    return this.forgotten.has(id)
  }

  /** Undo of `forget`. */
  restore(entry: Entry): void {
    this.forgotten.delete(entry.ref.id)
    this.removed.delete(entry.ref.id)
    writeRemoved(this.storage, [...this.removed])
    this.entries.set(entry.ref.id, entry)
    this.keep({})
  }

  note(id: string, change: Partial<Pick<Entry, 'heard' | 'pending'>>): void {
    const entry = this.entries.get(id)
    if (!entry) return
    this.entries.set(id, { ...entry, ...change })
    this.publish({})
  }

  reached(offline: boolean): void {
    if (!offline) this.publish({ offline, seenAt: Date.now() })
    else if (!this.snapshot.offline) this.publish({ offline })
  }

  /** Another tab wrote the list: take its jobs and its removals. */
  onStorage(event: { key: string | null }): void {
    if (event.key !== KEY) return
    this.catchUp()
    this.publish({})
  }

  /** What other tabs wrote. A job missing in their list may be one that they have not heard of: it stays. */
  private catchUp(): void {
    this.removed = new Set(readRemoved(this.storage))
    for (const id of this.removed) this.entries.delete(id)
    for (const stored of readJobs(this.storage)) this.adopt(stored)
  }

  private adopt({ id, token, addedAt, last, since }: StoredJob): void {
    if (this.removed.has(id)) return
    const now = Date.now()
    const fresh = { ref: { id, token }, addedAt, job: null, since: since ?? now, etaAt: now, heard: '', pending: null }
    const known: Entry = this.entries.get(id) ?? fresh
    const job = last ? merge(known.job, last) : known.job
    const times = job === known.job || known.job === null ? {} : { since: since ?? now, etaAt: now }
    this.entries.set(id, { ...known, ...times, job })
  }

  private keep(change: Partial<Snapshot>): void {
    this.catchUp()
    const stored = [...this.entries.values()].map(({ ref, addedAt, job, since }) => ({ ...ref, addedAt, last: job, since }))
    this.publish({ ...change, kept: writeJobs(this.storage, stored) })
  }

  private publish(change: Partial<Snapshot>): void {
    const entries = [...this.entries.values()].sort((a, b) => b.addedAt - a.addedAt)
    this.snapshot = { ...this.snapshot, ...change, entries }
    for (const listener of this.listeners) listener()
  }
}

function timesOf({ job: before, since, etaAt }: Entry, now: Job): Pick<Entry, 'since' | 'etaAt'> {
  const does = (job: Job | null): string => [job?.status, job?.progress_stage, job?.waiting_for].join()
  return {
    since: before && does(before) !== does(now) ? Date.now() : since,
    etaAt: before?.eta_s === now.eta_s ? etaAt : Date.now(),
  }
}
