import { useEffect, useState } from 'react'
import { asBackendError, type Backend, type BackendError } from '@/backend/backend.ts'
import type { Shared } from '@/backend/shares.ts'
import type { Live } from '@/jobs/live.ts'
import { isActive } from '@/jobs/merge.ts'

/** Where hints come they say when to ask; then asking is only for those that were lost. */
const LIVE_POLL_MS = 60_000
const ACTIVE_POLL_MS = 2_000
const POLL_MS = 5_000
const OVER = ['share_over', 'job_not_found']
const BACK = ['focus', 'online', 'pageshow'] as const

export type Opened =
  | { state: 'opening' }
  | { state: 'open'; shared: Shared; offline: boolean }
  | { state: 'over' }
  | { state: 'refused'; fault: BackendError }

/** What a share token opens, kept true: a link that was taken back closes the page that it opened. */
export function useOpened(backend: Backend, live: Live, token: string): Opened {
  const [opened, setOpened] = useState<Opened>({ state: 'opening' })
  useEffect(() => new Visit(backend, live, token, setOpened).start(), [backend, live, token])
  return opened
}

class Visit {
  private shared: Shared | null = null
  private etag: string | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  /** Asked for while an answer was on its way, which may be an old one. */
  private again = false
  private asking = false
  private readonly ends: (() => void)[] = []
  private topic: string | null = null

  constructor(
    private readonly backend: Backend,
    private readonly live: Live,
    private readonly token: string,
    private readonly tell: (opened: Opened) => void,
  ) {}

  /** The returned function ends it. */
  start(): () => void {
    const back = (): void => {
      if (document.visibilityState === 'visible') this.soon()
    }
    for (const name of BACK) addEventListener(name, back)
    document.addEventListener('visibilitychange', back)
    this.ends.push(
      () => BACK.forEach((name) => removeEventListener(name, back)),
      () => document.removeEventListener('visibilitychange', back),
      this.live.onHint((hint) => hint.job_id === this.shared?.job.job_id && this.soon()),
      this.live.onReady(() => this.soon()),
      () => clearTimeout(this.timer),
    )
    this.soon()
    return () => this.stop()
  }

  private stop(): void {
    for (const end of this.ends.splice(0)) end()
  }

  private get stopped(): boolean {
    return this.ends.length === 0
  }

  private soon(): void {
    this.again = this.asking
    if (this.asking || this.stopped) return
    clearTimeout(this.timer)
    this.asking = true
    void this.ask().finally(() => {
      this.asking = false
      if (this.again) this.soon()
      else if (!this.stopped) this.timer = setTimeout(() => this.soon(), this.pause())
    })
  }

  private pause(): number {
    const job = this.shared?.job
    const expires = this.shared?.share.expires_at
    const usual = this.live.isLive ? LIVE_POLL_MS : job && isActive(job) ? ACTIVE_POLL_MS : POLL_MS
    const left = expires ? Date.parse(expires) - Date.now() : Infinity
    return left > 0 ? Math.min(usual, left + 500) : usual
  }

  private async ask(): Promise<void> {
    try {
      const shared = await this.newest()
      if (this.stopped) return
      this.shared = shared
      this.follow(shared.job.watch_topic)
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
    return answer.job.version < this.shared.job.version ? this.shared : { ...this.shared, job: answer.job }
  }

  private follow(topic: string | null): void {
    if (topic === null || topic === this.topic) return
    this.topic = topic
    this.ends.push(this.live.follow(topic))
  }
}
