/** Tells people of the end of their jobs, once for each job over all tabs. The leading tab does it; what it waits for is
 *  kept where the next leader finds it. */
import * as v from 'valibot'
import { serverNow } from '@/backend/server_clock.ts'
import type { Job } from '@/backend/types.ts'
import { isActive } from './merge.ts'
import type { JobStore } from './store.ts'

export const NOTIFY_KEY = 'aisubs.notify.v1'

/** Older news is no news: whoever opens the page the next day sees it anyway. */
const NEWS_MS = 120_000

const Kept = v.object({
  /** Null: not asked yet. */
  choice: v.nullable(v.picklist(['on', 'off'])),
  /** Jobs that were seen going on, and whose end nobody was told of. */
  awaited: v.array(v.string()),
})
type Kept = v.InferOutput<typeof Kept>

export interface Notice {
  title: string
  body: string
  lang: string
}

export interface NotifyContext {
  store: JobStore
  storage: Storage | null
  isLeader: () => boolean
  registration: () => Promise<ServiceWorkerRegistration>
  words: (status: 'completed' | 'failed', job: Job) => Notice
}

export class Notifications {
  private readonly listeners = new Set<() => void>()
  private choice: Kept['choice']

  constructor(private readonly context: NotifyContext) {
    this.choice = this.read().choice
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly getSnapshot = (): Kept['choice'] => this.choice

  choose(choice: 'on' | 'off'): void {
    this.write({ ...this.read(), choice })
    this.learn(choice)
  }

  start(): () => void {
    const heard = (event: StorageEvent): void => {
      if (event.key === NOTIFY_KEY) this.learn(this.read().choice)
    }
    addEventListener('storage', heard)
    const end = this.context.store.subscribe(() => this.look())
    return () => {
      removeEventListener('storage', heard)
      end()
    }
  }

  private look(): void {
    if (!this.context.isLeader()) return
    const kept = this.read()
    const awaited = new Set(kept.awaited)
    const over: Job[] = []
    const known = new Set<string>()
    for (const { ref, job } of this.context.store.getSnapshot().entries) {
      known.add(ref.id)
      if (!job) continue
      if (isActive(job)) awaited.add(ref.id)
      else if (awaited.delete(ref.id)) over.push(job)
    }
    for (const id of awaited) if (!known.has(id)) awaited.delete(id)
    if (awaited.size === kept.awaited.length && kept.awaited.every((id) => awaited.has(id))) return
    this.write({ ...kept, awaited: [...awaited] })
    if (kept.choice === 'on') for (const job of over) void this.tell(job)
  }

  private async tell(job: Job): Promise<void> {
    if (job.status !== 'completed' && job.status !== 'failed') return
    if (job.completed_at !== null && serverNow() - Date.parse(job.completed_at) > NEWS_MS) return
    if (Notification.permission !== 'granted') return
    const { title, body, lang } = this.context.words(job.status, job)
    const registration = await this.context.registration()
    // The same tag as in the service worker's: a push that tells of this job too replaces it without a sound.
    await registration.showNotification(title, { tag: job.job_id, body, lang, icon: '/icon.svg', data: { id: job.job_id } })
  }

  private learn(choice: Kept['choice']): void {
    if (choice === this.choice) return
    this.choice = choice
    for (const listener of this.listeners) listener()
  }

  private read(): Kept {
    try {
      return v.parse(Kept, JSON.parse(this.context.storage?.getItem(NOTIFY_KEY) ?? ''))
    } catch {
      return { choice: this.choice ?? null, awaited: [] }
    }
  }

  private write(kept: Kept): void {
    try {
      this.context.storage?.setItem(NOTIFY_KEY, JSON.stringify(kept))
    } catch {
      // A full disk costs the memory of what was told, not the telling.
    }
  }
}

/** Whether this browser can tell anything: old phones and pages over plain HTTP cannot. */
export const canNotify = (): boolean => 'Notification' in globalThis && 'serviceWorker' in navigator && isSecureContext
