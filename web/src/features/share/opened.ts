import { useEffect, useState } from 'react'
import { asBackendError, type Backend, type BackendError } from '@/backend/backend.ts'
import type { Shared } from '@/backend/shares.ts'
import type { Job } from '@/backend/types.ts'

const ACTIVE_POLL_MS = 2_000
const POLL_MS = 5_000
const OVER = ['share_over', 'job_not_found']

export type Opened =
  | { state: 'opening' }
  | { state: 'open'; shared: Shared; offline: boolean }
  | { state: 'over' }
  | { state: 'refused'; fault: BackendError }

/** What a share token opens, kept true: a link that was taken back closes the page that it opened. */
export function useOpened(backend: Backend, token: string): Opened {
  const [opened, setOpened] = useState<Opened>({ state: 'opening' })
  useEffect(() => {
    const visit = new Visit(backend, token, setOpened)
    visit.start()
    return () => visit.stop()
  }, [backend, token])
  return opened
}

class Visit {
  private shared: Shared | null = null
  private etag: string | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private asking = false
  private stopped = false

  constructor(
    private readonly backend: Backend,
    private readonly token: string,
    private readonly tell: (opened: Opened) => void,
  ) {}

  start(): void {
    for (const name of ['focus', 'online', 'pageshow'] as const) addEventListener(name, this.soon)
    document.addEventListener('visibilitychange', this.soon)
    this.soon()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
    for (const name of ['focus', 'online', 'pageshow'] as const) removeEventListener(name, this.soon)
    document.removeEventListener('visibilitychange', this.soon)
  }

  readonly soon = (): void => {
    if (document.visibilityState === 'hidden' || this.asking || this.stopped) return
    clearTimeout(this.timer)
    this.asking = true
    void this.ask().finally(() => {
      this.asking = false
      const active = this.shared?.job.status === 'processing' || this.shared?.job.status === 'pending'
      if (!this.stopped) this.timer = setTimeout(this.soon, active ? ACTIVE_POLL_MS : POLL_MS)
    })
  }

  private async ask(): Promise<void> {
    try {
      const shared = await this.newest()
      if (this.stopped) return
      this.shared = shared
      this.tell({ state: 'open', shared, offline: false })
    } catch (error) {
      const fault = asBackendError(error)
      if (this.stopped) return
      if (OVER.includes(fault.code)) {
        this.stop()
        this.tell({ state: 'over' })
      } else if (this.shared) {
        this.tell({ state: 'open', shared: this.shared, offline: true }) // what was read may be read on
      } else {
        this.tell({ state: 'refused', fault })
      }
    }
  }

  /** Opening counts once; afterwards only the job is asked for. */
  private async newest(): Promise<Shared> {
    if (!this.shared) return this.backend.openShare(this.token)
    const answer = await this.backend.job({ id: this.shared.job.job_id, token: this.token }, this.etag)
    if (answer === 'unchanged') return this.shared
    this.etag = answer.etag
    const job: Job = answer.job.version < this.shared.job.version ? this.shared.job : answer.job
    return { ...this.shared, job }
  }
}
