/** Brings the jobs that are this browser's by right, not by having made them, into the list: what was dropped into the inbox,
 *  sent from the terminal or by another device. */
import { asBackendError, type Backend } from '@/backend/backend.ts'
import type { JobRef } from '@/backend/types.ts'
import type { JobStore } from '@/jobs/store.ts'
import type { Identity } from './identity.ts'

const ASK_EVERY_MS = 10_000
/** The newest; the others are had on the library's own screen. */
const HELD = 100

export class Feed {
  private timer: ReturnType<typeof setTimeout> | undefined
  private asking = false
  private shown: string | null = null
  /** What this browser made belongs to whoever is shown. */
  private given = false

  constructor(
    private readonly backend: Backend,
    private readonly identity: Identity,
    private readonly store: JobStore,
  ) {}

  start(): () => void {
    const back = (): void => {
      if (document.visibilityState === 'visible') this.soon()
    }
    addEventListener('focus', back)
    document.addEventListener('visibilitychange', back)
    const end = this.identity.subscribe(() => this.follow())
    this.follow()
    return () => {
      clearTimeout(this.timer)
      removeEventListener('focus', back)
      document.removeEventListener('visibilitychange', back)
      end()
    }
  }

  soon(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.round(), 0)
  }

  /** A job of one's own that is not among the newest, such as one from an address. False: there is no such. */
  async open(id: string): Promise<boolean> {
    const { token } = this.identity
    if (token === null) return false
    const answer = await this.backend.job({ id, token }, null)
    if (answer === 'unchanged' || token !== this.identity.token) return false
    this.store.hold([answer.job], token)
    return true
  }

  private follow(): void {
    const { token, kind } = this.identity.getSnapshot()
    if (token === this.shown) return
    // What was had by another right is not to be seen any more; what this browser made for the machine's owner neither.
    if (this.shown !== null) this.store.release(this.shown, kind === 'browser' && this.shown.startsWith('own_') && this.given)
    this.shown = token
    this.given = this.identity.hasAll
    this.soon()
  }

  private async round(): Promise<void> {
    const { token } = this.identity
    if (this.asking || token === null) return
    this.asking = true
    try {
      if (this.identity.claimDue) await this.claim(token)
      const { jobs } = await this.backend.ownJobs(token, { perPage: HELD })
      if (token === this.identity.token) this.store.hold(jobs, token)
    } catch (fault) {
      // Whether the server answers is told by whoever keeps the list true; a mistake of ours is not to be hidden.
      if (asBackendError(fault).code === 'page_fault') console.error(fault)
    } finally {
      this.asking = false
      clearTimeout(this.timer)
      this.timer = setTimeout(() => document.visibilityState === 'visible' && this.soon(), ASK_EVERY_MS)
    }
  }

  /** After a yes: what this browser made before belongs to the account, and nothing else opens it. Rejects with BackendError. */
  async give(): Promise<void> {
    const { token } = this.identity
    if (token === null) return
    await this.claim(token, true)
    this.store.release(token, true) // the tokens of its own open nothing any more; the account has them all
    this.soon()
  }

  /** What this browser made before belongs to whoever is shown from now on. */
  private async claim(token: string, revoke = false): Promise<void> {
    const own = this.store.getSnapshot().entries.filter(({ held }) => !held).map(({ ref }) => ref)
    const libraries = this.identity.leftBehind
    for (let start = 0; start === 0 || start < own.length; start += HELD) {
      const part: JobRef[] = own.slice(start, start + HELD)
      const last = start + HELD >= own.length ? libraries : []
      if (part.length > 0 || last.length > 0) await this.backend.claim(token, part, last, revoke)
    }
    if (token !== this.shown) return
    this.given = true
    this.identity.claimed(token)
    if (revoke) this.identity.dropKey()
  }
}
