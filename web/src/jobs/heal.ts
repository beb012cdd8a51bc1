/** Keeps the store true. Live hints say which job to ask for; where there are none, active jobs are asked for in turn;
 *  all of them are when the page, the network or the live line comes back. */
import { asBackendError, type Backend, type BackendError } from '@/backend/backend.ts'
import type { Hint } from '@/backend/live.ts'
import type { Job, JobRef } from '@/backend/types.ts'
import { isActive } from './merge.ts'
import type { Entry, JobStore } from './store.ts'

const POLL_MS = 5_000
/** Nobody looks, or nobody answers. */
const SLOW_POLL_MS = 15_000
/** While hints come: against one that was lost without a trace. An unchanged job costs an empty answer. */
const SAFETY_POLL_MS = 60_000
/** Others who leave the line move ours up, which is no change of our job and so no hint. */
const LINE_POLL_MS = 15_000
/** A timer so late means that the machine slept. */
const ASLEEP_MS = 10_000
const WHOLE_LIST_MS = 300_000
const LIST_AT_ONCE = 100

export interface LiveNews {
  readonly isLive: boolean
  /** This tab asks also when nobody looks at it: it tells people of the end of their jobs. */
  readonly isLeader: boolean
  onHint(listener: (hint: Hint) => void): () => void
  onReady(listener: () => void): () => void
  /** Told when hints begin or cease to come. */
  subscribe(listener: () => void): () => void
  watch(topics: readonly string[]): void
  /** Find out whether hints still come. */
  check(): void
}

export class Healer {
  private readonly etags = new Map<string, string>()
  private readonly heardUpTo = new Map<string, number>()
  private readonly due = new Set<string>()
  private wholeListDue = true
  private wholeListAt = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private running = false
  private stopped = false

  constructor(
    private readonly backend: Backend,
    private readonly store: JobStore,
    private readonly live: LiveNews,
  ) {}

  /** Starts asking; the returned function ends it. */
  start(): () => void {
    const back = (): void => {
      if (document.visibilityState === 'visible') this.soon(true)
    }
    const names = ['online', 'pageshow', 'focus'] as const
    for (const name of names) addEventListener(name, back)
    for (const name of ['visibilitychange', 'resume']) document.addEventListener(name, back)
    const ends = [
      this.live.onHint((hint) => this.hear(hint)),
      this.live.onReady(() => this.soon()),
      // Where all jobs are over nobody would ask for long, nor find out that the server is gone.
      this.live.subscribe(() => !this.live.isLive && this.soon(true)),
      this.store.subscribe(() => this.watch()),
    ]
    this.watch()
    this.soon(true)
    return () => {
      this.stopped = true
      clearTimeout(this.timer)
      for (const name of names) removeEventListener(name, back)
      for (const name of ['visibilitychange', 'resume']) document.removeEventListener(name, back)
      for (const end of ends) end()
    }
  }

  /** Ask now for all that go on. `all`: also for those that are over, which may have been deleted elsewhere. */
  soon(all = false): void {
    if (all) this.wholeListDue = true
    for (const { ref, job } of this.store.getSnapshot().entries) if (!job || isActive(job)) this.due.add(ref.id)
    this.wake()
  }

  private hear(hint: Hint): void {
    const entry = this.store.get(hint.job_id)
    if (!entry || (entry.job && entry.job.version >= hint.version && hint.status !== 'deleted')) return
    this.due.add(hint.job_id)
    // Others hear of it through the storage that the tabs share.
    if (this.live.isLeader || document.visibilityState === 'visible') this.wake()
  }

  private watch(): void {
    const topics = [...this.store.getSnapshot().entries]
      .sort((a, b) => Number(b.job !== null && isActive(b.job)) - Number(a.job !== null && isActive(a.job)))
      .flatMap(({ job }) => job?.watch_topic ?? [])
    this.live.watch(topics)
  }

  private wake(): void {
    clearTimeout(this.timer)
    if (!this.stopped && !this.running) this.timer = setTimeout(() => void this.round(), 0)
  }

  /** One at a time: a slow server must not be asked twice at once. */
  private async round(): Promise<void> {
    this.running = true
    let failed = false
    try {
      await this.ask()
    } catch (fault) {
      failed = true
      const { code } = asBackendError(fault)
      this.store.reached(code === 'offline' || code === 'bad_answer' || code.endsWith('_unavailable'))
      this.due.clear() // the next round finds them again
    } finally {
      this.running = false
    }
    if (this.stopped) return
    // The whole list too may have been wished for while it was on its way, by somebody who has seen more since.
    if (this.due.size > 0 || (this.wholeListDue && !failed)) return this.wake()
    clearTimeout(this.timer)
    const pause = this.pause()
    const dueAt = Date.now() + pause
    this.timer = setTimeout(() => {
      if (Date.now() - dueAt > ASLEEP_MS) this.live.check()
      this.soon(Date.now() - this.wholeListAt > WHOLE_LIST_MS)
    }, pause)
  }

  private pause(): number {
    const { offline, entries } = this.store.getSnapshot()
    if (offline) return SLOW_POLL_MS
    if (this.live.isLive) return entries.some(({ job }) => job?.position) ? LINE_POLL_MS : SAFETY_POLL_MS
    return document.visibilityState === 'visible' ? POLL_MS : SLOW_POLL_MS
  }

  private async ask(): Promise<void> {
    const faults: BackendError[] = []
    const attempt = async (step: Promise<void>): Promise<void> => {
      try {
        await step
      } catch (problem) {
        faults.push(asBackendError(problem))
      }
    }
    if (this.wholeListDue) await attempt(this.askForAll())
    // One job that cannot be had keeps nobody from learning about the others.
    while (this.due.size > 0 && !faults.some(isOffline)) {
      const [id = ''] = this.due
      this.due.delete(id)
      const entry = this.store.get(id)
      if (entry) await attempt(this.askFor(entry.ref))
    }
    if (faults[0]) throw faults[0]
  }

  private async askForAll(): Promise<void> {
    const { entries } = this.store.getSnapshot()
    let fault: BackendError | null = null
    this.wholeListDue = false
    for (let start = 0; start < entries.length; start += LIST_AT_ONCE) {
      try {
        await this.askForPart(entries.slice(start, start + LIST_AT_ONCE))
      } catch (problem) {
        fault = asBackendError(problem)
        if (isOffline(fault)) break
      }
    }
    if (fault !== null) {
      this.wholeListDue = true
      throw fault
    }
    this.wholeListAt = Date.now()
  }

  private async askForPart(part: readonly Entry[]): Promise<void> {
    const { jobs, gone } = await this.backend.list(part.map((entry) => entry.ref))
    this.store.reached(false)
    this.store.merge(jobs)
    this.store.remove(gone)
    for (const job of jobs) {
      this.due.delete(job.job_id)
      const entry = this.store.get(job.job_id)
      if (entry) await this.listen(entry.ref, job)
    }
  }

  private async askFor(ref: JobRef): Promise<void> {
    try {
      const answer = await this.backend.job(ref, this.etags.get(ref.id) ?? null)
      this.store.reached(false)
      if (answer === 'unchanged') return
      if (answer.etag) this.etags.set(ref.id, answer.etag)
      this.store.merge([answer.job])
      await this.listen(ref, answer.job)
    } catch (fault) {
      if (asBackendError(fault).code !== 'job_not_found') throw fault
      this.store.remove([ref.id])
    }
  }

  /** The last sentences of a job that is being transcribed. */
  private async listen(ref: JobRef, { status, windows }: Job): Promise<void> {
    // Only the newest few are of interest here; the viewer reads them all.
    const since = Math.max(this.heardUpTo.get(ref.id) ?? 0, windows - 5, 0)
    if (status !== 'processing' || windows <= since) return
    const page = await this.backend.windows(ref, since)
    this.heardUpTo.set(ref.id, page.next_seq)
    const said = page.windows.flatMap((window) => window.segments.map((segment) => segment.text.trim())).filter(Boolean)
    if (said.length > 0) this.store.note(ref.id, { heard: said.slice(-2).join(' ') })
  }
}

const isOffline = (fault: BackendError): boolean => fault.code === 'offline'
