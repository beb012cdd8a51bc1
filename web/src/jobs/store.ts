/** All jobs this browser knows, whatever told it of them. React reads snapshots; nothing here knows React. */
import type { Job, JobRef } from '@/backend/types.ts'
import { clearJobs, KEY, readJobs, readRemoved, type StoredJob, writeJobs, writeRemoved } from './cache.ts'
import type { KeptJobs } from './kept.ts'
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
  /** Had by the right to a whole library, not by a token of its own: it is not kept here. */
  held: boolean
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
  /** Whose holder has signed out: other tabs and uploads may still tell of them. */
  private readonly released = new Set<string>()
  private releases = 0
  private readonly listeners = new Set<() => void>()
  private snapshot: Snapshot = { entries: [], offline: false, seenAt: null, kept: true }

  /** Of each job that came here, whether its token is on the disk. */
  private readonly keeping = new Map<string, Promise<boolean>>()

  private diskWorks = false

  /** `onDisk`: the list itself, of which `storage` is the mirror. */
  constructor(
    private readonly storage: Storage | null,
    private readonly onDisk: KeptJobs | null = null,
  ) {
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

  /** What the disk knows and the mirror does not, and the other way round. */
  async load(): Promise<void> {
    const releases = this.releases
    const list = await this.onDisk?.load()
    if (!list || releases !== this.releases) return // read before somebody signed out
    this.diskWorks = true
    for (const { id } of list.jobs) this.removed.delete(id)
    for (const id of list.removed) this.removed.add(id)
    writeRemoved(this.storage, [...this.removed])
    for (const id of list.removed) this.entries.delete(id)
    const onDisk = new Set(list.jobs.map(({ id }) => id))
    for (const stored of list.jobs) this.adopt(stored)
    const older = this.own().filter(({ ref }) => !onDisk.has(ref.id))
    if (older.length > 0) void this.onDisk?.adopt(older.map(asStored))
    this.keep({})
  }

  add(ref: JobRef): void {
    const known = this.entries.get(ref.id)
    if ((known && !known.held) || this.released.has(ref.id)) return
    const now = Date.now()
    const fresh = { addedAt: now, since: now, etaAt: now, job: null, heard: '', pending: null }
    this.entries.set(ref.id, { ...(known ?? fresh), ref, held: false })
    this.keep({})
    void this.secure(ref)
  }

  /** True once a killed browser cannot lose this job: its token is on the disk. */
  async secure(ref: JobRef): Promise<boolean> {
    const entry = this.entries.get(ref.id)
    if (!entry || !this.onDisk) return this.removed.has(ref.id) || this.released.has(ref.id) // its owner does not want it here
    const before = this.keeping.get(ref.id)
    if (before && (await before)) return true
    const writing = this.onDisk.keep([asStored(entry)])
    this.keeping.set(ref.id, writing)
    this.diskWorks = await writing
    return writing
  }

  /** News of a job from anywhere. Of jobs that are not ours, or no longer, nothing is taken. */
  merge(news: readonly Job[]): void {
    const changed: StoredJob[] = []
    let risen = false
    for (const job of news) {
      const entry = this.entries.get(job.job_id)
      if (!entry) continue
      const merged = merge(entry.job, job)
      if (merged === entry.job) continue
      const now = { ...entry, ...timesOf(entry, merged), job: merged }
      this.entries.set(job.job_id, now)
      risen = true
      if (!now.held) changed.push(asStored(now))
    }
    if (risen) this.keep({})
    if (changed.length > 0) void this.onDisk?.note(changed)
  }

  /** Forget a job: its server said that it is gone, or its owner took it from the list. Answers on their way are too late. */
  remove(ids: readonly string[]): void {
    const known = ids.filter((id) => this.entries.delete(id))
    for (const id of known) this.removed.add(id)
    if (known.length === 0) return
    for (const id of known) this.keeping.delete(id)
    writeRemoved(this.storage, [...this.removed])
    this.keep({})
    void this.onDisk?.remove(known)
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
    void this.secure(entry.ref)
  }

  /** Jobs that a library's holder has by `token`. Those that this browser has by their own tokens stay its own. */
  hold(jobs: readonly Job[], token: string): void {
    const now = Date.now()
    for (const job of jobs) {
      const id = job.job_id
      this.released.delete(id)
      if (this.removed.has(id) || this.entries.has(id)) continue
      const addedAt = Date.parse(job.created_at)
      this.entries.set(id, { ref: { id, token }, addedAt, since: now, etaAt: now, job, heard: '', held: true, pending: null })
    }
    this.merge(jobs)
    this.publish({})
  }

  /** What was held by `token` is not seen any more. `all`: nor is what this browser made, which is the same holder's. */
  release(token: string, all: boolean): void {
    for (const [id, { ref, held }] of this.entries) {
      if (!all && !(held && ref.token === token)) continue
      this.entries.delete(id)
      if (all) this.released.add(id)
    }
    if (all) {
      this.releases += 1
      this.keeping.clear()
      clearJobs(this.storage)
      void this.onDisk?.empty()
    }
    this.publish({})
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
    if (this.removed.has(id) || this.released.has(id)) return
    const now = Date.now()
    const fresh = { ref: { id, token }, addedAt, job: null, since: since ?? now, etaAt: now, heard: '', held: false, pending: null }
    const known: Entry = this.entries.get(id) ?? fresh
    const job = last ? merge(known.job, last) : known.job
    const times = job === known.job || known.job === null ? {} : { since: since ?? now, etaAt: now }
    this.entries.set(id, { ...known, ...times, job })
  }

  private keep(change: Partial<Snapshot>): void {
    this.catchUp()
    this.publish({ ...change, kept: writeJobs(this.storage, this.own().map(asStored)) || this.diskWorks })
  }

  private own(): Entry[] {
    return [...this.entries.values()].filter(({ held }) => !held)
  }

  private publish(change: Partial<Snapshot>): void {
    const entries = [...this.entries.values()].sort((a, b) => b.addedAt - a.addedAt)
    this.snapshot = { ...this.snapshot, ...change, entries }
    for (const listener of this.listeners) listener()
  }
}

const asStored = ({ ref, addedAt, job, since }: Entry): StoredJob => ({ ...ref, addedAt, last: job, since })

function timesOf({ job: before, since, etaAt }: Entry, now: Job): Pick<Entry, 'since' | 'etaAt'> {
  const does = (job: Job | null): string => [job?.status, job?.progress_stage, job?.waiting_for].join()
  return {
    since: before && does(before) !== does(now) ? Date.now() : since,
    etaAt: before?.eta_s === now.eta_s ? etaAt : Date.now(),
  }
}
