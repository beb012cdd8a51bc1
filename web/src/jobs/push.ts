/** Has this browser told by Web Push of the end of each job, for when its page is closed. */
import { asBackendError, type Backend } from '@/backend/backend.ts'
import type { ServerConfig } from '@/backend/facts.ts'
import { isActive } from './merge.ts'
import type { JobStore } from './store.ts'

export interface PushContext {
  backend: Backend
  store: JobStore
  /** Who this browser is to the server. */
  identity: { subscribe: (listener: () => void) => () => void; getSnapshot: () => { kind: 'machine' | 'account' | 'browser' } }
  config: () => Promise<ServerConfig>
  registration: () => Promise<ServiceWorkerRegistration>
  language: () => string
  /** Whether the owner of this browser wants to be told. */
  wanted: () => boolean
}

export class PushLine {
  private subscription: PushSubscription | null = null
  private readonly told = new Set<string>()

  constructor(private readonly context: PushContext) {}

  start(): () => void {
    const { store, identity } = this.context
    if (this.context.wanted()) void this.open()
    let { kind } = identity.getSnapshot()
    const forget = identity.subscribe(() => {
      const was = kind
      kind = identity.getSnapshot().kind
      if (was !== 'browser' && kind === 'browser') void this.startOver()
    })
    const listening = store.subscribe(() => void this.tellOfJobs())
    return () => [forget, listening].forEach((end) => end())
  }

  /** Whoever signed out here is told nothing more of that library's jobs on this device; the browser's own go on. */
  private async startOver(): Promise<void> {
    await this.close()
    if (this.context.wanted()) await this.open()
  }

  /** False where server or browser have no push: then people are told only while a page is open. */
  async open(): Promise<boolean> {
    try {
      const { push } = await this.context.config()
      if (!push || !('PushManager' in globalThis)) return false
      const { pushManager } = await this.context.registration()
      this.subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: push.key })
    } catch {
      return false // the browser's push service is out of reach, or its owner has switched it off
    }
    await this.tellOfJobs()
    return true
  }

  async close(): Promise<void> {
    const subscription = this.subscription
    this.subscription = null
    this.told.clear()
    await subscription?.unsubscribe()
  }

  private async tellOfJobs(): Promise<void> {
    const shown = this.subscription?.toJSON()
    if (!shown) return
    const { entries } = this.context.store.getSnapshot()
    const fresh = entries.filter(({ ref, job }) => job && isActive(job) && !this.told.has(ref.id))
    for (const { ref } of fresh) {
      this.told.add(ref.id)
      try {
        await this.context.backend.subscribePush(ref, shown, this.context.language())
      } catch (fault) {
        if (asBackendError(fault).retryable) this.told.delete(ref.id)
      }
    }
  }
}
