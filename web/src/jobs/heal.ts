/** Keeps the store true: active jobs are asked for every few seconds, all of them when the page comes back. */
import { asBackendError, type Backend } from '@/backend/backend.ts'
import type { JobRef } from '@/backend/types.ts'
import { isActive } from './merge.ts'
import type { JobStore } from './store.ts'

const POLL_MS = 2_000
const SLOW_POLL_MS = 15_000
const WHOLE_LIST_MS = 60_000

export class Healer {
  private readonly etags = new Map<string, string>()
  private readonly heardUpTo = new Map<string, number>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private wholeListAt = 0
  private running: Promise<void> | null = null
  private stopped = false

  constructor(
    private readonly backend: Backend,
    private readonly store: JobStore,
  ) {}

  /** Starts asking; the returned function ends it. */
  start(): () => void {
    const back = (): void => {
      if (document.visibilityState === 'visible') this.soon(true)
    }
    const names = ['online', 'pageshow', 'focus'] as const
    for (const name of names) addEventListener(name, back)
    document.addEventListener('visibilitychange', back)
    this.soon(true)
    return () => {
      this.stopped = true
      clearTimeout(this.timer)
      for (const name of names) removeEventListener(name, back)
      document.removeEventListener('visibilitychange', back)
    }
  }

  /** Ask now. `all`: also for jobs that are over, which may have been deleted elsewhere. */
  soon(all = false): void {
    if (all) this.wholeListAt = 0
    clearTimeout(this.timer)
    if (!this.stopped) this.timer = setTimeout(() => void this.round(), 0)
  }

  private async round(): Promise<void> {
    // One at a time: a slow server must not be asked twice at once.
    await (this.running ??= this.ask().finally(() => (this.running = null)))
    clearTimeout(this.timer)
    if (this.stopped) return
    const { offline } = this.store.getSnapshot()
    const slow = offline || document.visibilityState === 'hidden'
    this.timer = setTimeout(() => void this.round(), slow ? SLOW_POLL_MS : POLL_MS)
  }

  private async ask(): Promise<void> {
    const { entries } = this.store.getSnapshot()
    if (entries.length === 0) return
    try {
      if (Date.now() - this.wholeListAt > WHOLE_LIST_MS) {
        const { jobs, gone } = await this.backend.list(entries.map((entry) => entry.ref))
        this.store.merge(jobs)
        this.store.remove(gone)
        this.wholeListAt = Date.now()
        this.store.reached(false)
      }
      const { entries: now } = this.store.getSnapshot()
      for (const { ref, job } of now) if (!job || isActive(job)) await this.askFor(ref)
    } catch (fault) {
      const { code } = asBackendError(fault)
      this.store.reached(code === 'offline' || code === 'unreadable' || code.endsWith('_unavailable'))
    }
  }

  private async askFor(ref: JobRef): Promise<void> {
    try {
      const answer = await this.backend.job(ref, this.etags.get(ref.id) ?? null)
      this.store.reached(false)
      if (answer === 'unchanged') return
      if (answer.etag) this.etags.set(ref.id, answer.etag)
      this.store.merge([answer.job])
      if (answer.job.status === 'processing') await this.listen(ref, answer.job.windows)
    } catch (fault) {
      if (asBackendError(fault).code !== 'job_not_found') throw fault
      this.store.remove([ref.id])
    }
  }

  private async listen(ref: JobRef, windows: number): Promise<void> {
    // Only the newest few are of interest here; the viewer reads them all.
    const since = Math.max(this.heardUpTo.get(ref.id) ?? 0, windows - 5, 0)
    if (windows <= since) return
    const page = await this.backend.windows(ref, since)
    this.heardUpTo.set(ref.id, page.next_seq)
    const said = page.windows.flatMap((window) => window.segments.map((segment) => segment.text.trim())).filter(Boolean)
    if (said.length > 0) this.store.note(ref.id, { heard: said.slice(-2).join(' ') })
  }
}
