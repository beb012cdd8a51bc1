/** Sends changes soon after they were made, one revision at a time, and keeps them on this device until they are safe. */
import { asBackendError, type BackendError } from '@/backend/backend.ts'
import type { Operation, Saved } from '@/backend/transcripts.ts'
import type { Draft, OpenDraft } from './draft.ts'
import type { Saving } from './snapshot.ts'

const AFTER_LAST_MS = 2000
const AFTER_FIRST_MS = 15_000
const AGAIN_MS = 5000
const AGAIN_AT_MOST_MS = 60_000
/** Of operations, in one request: the server takes 4 MiB, and a paragraph of the machine's is about 2 kB. */
const AT_ONCE = 1000
/** The body of a request that outlives its page (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch). */
const KEEPALIVE_BYTES = 60_000

export interface Happenings {
  send(base: number, operations: readonly Operation[], keepalive: boolean): Promise<Saved>
  /** Something about it has changed. */
  changed(): void
  /** Somebody else has saved meanwhile: calls `reset`, or sets `held`. May reject, and is then asked again. */
  settle(): Promise<void>
}

export class Autosave {
  /** Why the last attempt failed. */
  fault: BackendError | null = null
  /** When the server last confirmed, in ms since 1970. */
  savedAt: number | null = null
  /** False: this browser keeps nothing, so a reload would lose what is not saved. */
  kept = true
  /** Nothing is sent until somebody decides, and then calls `reset`. */
  held = false
  /** `base` is not, or may not be, the newest revision. */
  private stale = false
  private steps: readonly (readonly Operation[])[] = []
  /** How many of the steps are on their way. */
  private sent = 0
  private sending: Promise<void> | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private firstAt: number | null = null
  private failures = 0
  private stopped = false

  constructor(
    private base: number,
    private readonly keptDraft: OpenDraft,
    private readonly on: Happenings,
  ) {}

  get draft(): Draft {
    return { base: this.base, steps: this.steps }
  }

  get busy(): boolean {
    return this.steps.length > 0
  }

  add(operations: readonly Operation[]): void {
    const parts: Operation[][] = []
    for (let at = 0; at < operations.length; at += AT_ONCE) parts.push(operations.slice(at, at + AT_ONCE))
    this.change([...this.steps, ...parts])
  }

  /** Whether the last step can still be changed. */
  get open(): boolean {
    return this.steps.length > this.sent
  }

  /** Another last step; none where it is empty. */
  amend(operations: readonly Operation[]): void {
    this.change([...this.steps.slice(0, -1), ...(operations.length > 0 ? [operations] : [])])
  }

  get saving(): Saving {
    if (!this.busy) return 'saved'
    if (!this.fault) return 'saving'
    return this.fault.code === 'offline' ? 'unsaved-offline' : 'unsaved-fault'
  }

  /** Goes on from another revision with these steps. */
  reset(draft: Draft): void {
    this.base = draft.base
    this.sent = 0
    this.failures = 0
    this.fault = null
    this.held = false
    this.stale = false
    this.change(draft.steps)
  }

  /** As `reset`, with changes of which nobody knows whether they were saved. */
  resume(draft: Draft): void {
    this.reset(draft)
    this.stale = true
  }

  /** Sends what there is now. Resolves when the server has answered, whatever it said. */
  async flush(keepalive = false): Promise<void> {
    clearTimeout(this.timer)
    if (this.sending) await this.sending
    if (!this.busy || this.held) return
    await (this.sending ??= this.attempt(keepalive))
  }

  /** The page is being left: no answer may come any more. */
  leave(): void {
    if (!this.busy) return
    // Else the next visit would find less than what is sent now, and take that for somebody else's text.
    this.keptDraft.keepLast(this.draft)
    if (this.held || new Blob([JSON.stringify(this.steps)]).size > KEEPALIVE_BYTES) return
    if (!this.sending) return void this.flush(true)
    // The request under way dies with the page. If it was heard before, this one is refused, and does no harm.
    this.on.send(this.base, this.steps.flat(), true).catch(() => undefined)
  }

  /** What is not saved by then is left to whoever opens the text next. */
  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
    this.keptDraft.leave()
  }

  private change(steps: readonly (readonly Operation[])[]): void {
    this.steps = steps
    void this.keptDraft.keep(this.busy ? this.draft : null).then((kept) => {
      if (kept === this.kept) return
      this.kept = kept
      this.on.changed()
    })
    if (this.busy) this.schedule()
    else this.firstAt = null
  }

  private schedule(dueMs = this.dueMs()): void {
    clearTimeout(this.timer)
    if (this.stopped) return
    this.timer = setTimeout(() => void this.flush(), Math.max(0, dueMs))
  }

  private dueMs(): number {
    if (this.failures > 0) return Math.min(AGAIN_AT_MOST_MS, AGAIN_MS * 2 ** (this.failures - 1))
    const now = Date.now()
    this.firstAt ??= now
    return Math.min(AFTER_LAST_MS, this.firstAt + AFTER_FIRST_MS - now)
  }

  private async attempt(keepalive: boolean): Promise<void> {
    this.firstAt = null
    this.on.changed()
    try {
      await (this.stale ? this.settle() : this.send(keepalive))
    } catch (error) {
      this.failed(asBackendError(error))
    } finally {
      this.sent = 0
      this.sending = null
    }
    this.on.changed()
  }

  private async settle(): Promise<void> {
    await this.on.settle()
    if (this.busy && !this.held) this.schedule(0)
  }

  private async send(keepalive: boolean): Promise<void> {
    this.sent = fitting(this.steps)
    const saved = await this.on.send(this.base, this.steps.slice(0, this.sent).flat(), keepalive)
    this.base = saved.revision
    this.savedAt = Date.parse(saved.saved_at)
    this.fault = null
    this.failures = 0
    this.change(this.steps.slice(this.sent))
  }

  private failed(fault: BackendError): void {
    this.stale ||= fault.code === 'revision_conflict' || fault.code === 'bad_request'
    if (fault.code === 'revision_conflict') return this.schedule(0)
    this.fault = fault
    this.failures += 1
    if (fault.retryable) this.schedule()
    else clearTimeout(this.timer) // it will not become right by itself
  }
}

/** How many of the steps, from the first on, go into one request. */
function fitting(steps: Draft['steps']): number {
  let operations = 0
  const beyond = steps.findIndex((step) => (operations += step.length) > AT_ONCE)
  return beyond < 0 ? steps.length : Math.max(1, beyond)
}
