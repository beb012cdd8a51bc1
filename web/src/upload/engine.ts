/** All uploads of this page. Outside React: a page that renders, or does not, changes nothing about the bytes. */
import { asBackendError, type Backend } from '@/backend/backend.ts'
import type { JobRef, Options } from '@/backend/types.ts'
import { Pace } from './eta.ts'
import { fingerprint } from './fingerprint.ts'
import { inspect } from './inspect.ts'
import type { Ledger } from './ledger.ts'
import { heldElsewhere, holding } from './lock.ts'
import { sendByXhr, type Send } from './protocol.ts'
import { type Happening, next, type Record, type Upload } from './record.ts'
import { type Event, sendFile } from './sending.ts'
import { Task } from './task.ts'
import { waitAfter, withdraw } from './announcing.ts'

const AT_ONCE = 2
const TELL_EVERY_MS = 150

export interface Surroundings {
  backend: Backend
  ledger: Ledger
  /** A job was announced: its token is shown this once. */
  onJob: (ref: JobRef) => void
  /** The upload of a job is complete, or was never needed. */
  onSubmitted: (ref: JobRef) => void
  onWithdrawn: (ref: JobRef) => void
  send?: Send
  firstChunk?: number
}

export class UploadEngine {
  private readonly tasks = new Map<string, Task>()
  private readonly listeners = new Set<() => void>()
  private snapshot: readonly Upload[] = []
  private running = 0

  constructor(private readonly around: Surroundings) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly getSnapshot = (): readonly Upload[] => this.snapshot

  /** What an earlier life of this page did not finish. */
  async load(): Promise<void> {
    for (const record of await this.around.ledger.load()) {
      if (this.tasks.has(record.key)) continue
      const elsewhere = await heldElsewhere(record.key)
      this.tasks.set(record.key, Task.ofRecord(record, elsewhere))
      if (elsewhere) void holding(record.key, () => this.inherit(record.key))
    }
    this.publish()
  }

  async add(files: readonly File[]): Promise<void> {
    const added = files.map((file) => Task.ofFile(file))
    for (const task of added) this.tasks.set(task.upload.key, task)
    this.publish()
    for (const task of added) {
      const file = task.file
      if (!file) continue
      try {
        this.tell(task, { on: 'inspected', ...(await inspect(file)) })
      } catch {
        // It went away, or it is a folder: the browser lets us name it but not read it.
        this.tell(task, { on: 'inspected', rejection: 'unreadable_file', durationMs: null })
      }
    }
  }

  /** Send all that is ready. */
  start(options: Options): void {
    for (const task of this.tasks.values()) {
      if (task.upload.phase.name !== 'ready') continue
      task.options = options
      this.tell(task, { on: 'start' })
    }
    this.fill()
  }

  pause(key: string): void {
    const task = this.tasks.get(key)
    if (!task) return
    this.tell(task, { on: 'pause' })
    task.abort.abort()
    if (task.record) void this.save(task, { phase: 'paused' })
  }

  resume(key: string): void {
    const task = this.tasks.get(key)
    if (!task?.file) return
    this.tell(task, { on: 'start' })
    this.fill()
  }

  /** Try again now instead of after the wait. */
  hurry(key?: string): void {
    for (const task of this.tasks.values()) if (key === undefined || task.upload.key === key) task.hurry()
  }

  /** The file of an upload that lost it in a reload. Anything but the very same file is refused, and not a byte sent. */
  async giveFile(key: string, file: File): Promise<void> {
    const task = this.tasks.get(key)
    if (!task?.record) return
    if (file.size !== task.record.size) return this.tell(task, { on: 'wrong file', wrong: 'size' })
    const proof = await fingerprint(file).catch(() => null)
    if (proof !== task.record.fingerprint) return this.tell(task, { on: 'wrong file', wrong: 'content' })
    task.file = file
    this.resume(key)
  }

  /** Take an upload away, whatever state it is in, and its unfinished job with it. */
  async remove(key: string): Promise<void> {
    const task = this.tasks.get(key)
    if (!task) return
    const over = task.upload.phase.name === 'submitted'
    this.tasks.delete(key)
    task.abort.abort()
    this.publish()
    await this.around.ledger.forget(key)
    if (!over && task.ref) await withdraw(this.around, task.ref)
  }

  /** Bytes would have to be sent again, or a file chosen again, if the page were left now. */
  get busy(): boolean {
    return this.snapshot.some(({ phase }) => ['announcing', 'sending', 'waiting', 'queued'].includes(phase.name))
  }

  private fill(): void {
    for (const task of this.tasks.values()) {
      if (this.running >= AT_ONCE) return
      if (task.upload.phase.name !== 'queued' || task.active) continue
      this.running += 1
      task.active = true
      task.abort = new AbortController()
      this.tell(task, { on: 'turn' })
      void holding(task.upload.key, () => this.run(task)).finally(() => {
        task.active = false
        this.running -= 1
        this.fill()
      })
    }
  }

  private async run(task: Task): Promise<void> {
    try {
      const ref = task.ref ?? (await this.announce(task))
      if (ref && !task.abort.signal.aborted) await this.bring(task, ref)
    } catch (fault) {
      const { code, message } = asBackendError(fault)
      this.tell(task, { on: 'fail', code, message })
    }
  }

  /** Null when somebody stopped it, or when the transcript is there already. */
  private async announce(task: Task): Promise<JobRef | null> {
    const { file, upload, options, abort } = task
    if (!file || !options) return null
    const proof = await fingerprint(file)
    await this.save(task, { fingerprint: proof, phase: 'announcing' })
    for (let failures = 0; !abort.signal.aborted; failures += 1) {
      try {
        const answer = await this.around.backend.submit(upload, options, upload.key)
        const ref = { id: answer.job_id, token: answer.access_token }
        this.around.onJob(ref)
        task.ref = ref
        if (!this.tasks.has(upload.key)) return await withdraw(this.around, ref)
        if (!answer.upload) return await this.finish(task, ref, true)
        await this.save(task, { job: ref, session: { url: answer.upload.url }, phase: 'sending' })
        this.tell(task, { on: 'announced', jobId: ref.id })
        return ref
      } catch (fault) {
        const { ms, reason } = waitAfter(fault, failures)
        this.tell(task, { on: 'wait', reason, until: Date.now() + ms })
        await task.pause(ms)
        this.tell(task, { on: 'go on' })
      }
    }
    return null
  }

  private async bring(task: Task, ref: JobRef): Promise<void> {
    const pace = new Pace()
    const { file } = task
    if (!file) return
    for (let renewals = 0; renewals < 2; renewals += 1) {
      const url = task.record?.session?.url ?? (await this.renew(task, ref))
      const outcome = await sendFile(
        {
          url,
          file,
          signal: task.abort.signal,
          send: this.around.send ?? sendByXhr,
          pause: (ms) => task.pause(ms),
          now: () => performance.now(),
          random: Math.random,
          ...(this.around.firstChunk ? { firstChunk: this.around.firstChunk } : {}),
        },
        (event) => this.onEvent(task, pace, event),
      )
      if (outcome.kind === 'done') return void (await this.finish(task, ref, false))
      if (outcome.kind === 'stopped') return
      if (outcome.kind === 'refused') return this.tell(task, { on: 'fail', code: outcome.code, message: outcome.message })
      await this.save(task, { session: null, confirmed: 0 })
    }
    this.tell(task, { on: 'fail', code: 'upload_gone', message: '' })
  }

  private async renew(task: Task, ref: JobRef): Promise<string> {
    const { url } = await this.around.backend.renew(ref)
    await this.save(task, { session: { url } })
    return url
  }

  private onEvent(task: Task, pace: Pace, event: Event): void {
    if (event.kind === 'waiting') {
      this.tell(task, { on: 'wait', reason: event.reason, until: Date.now() + event.ms })
    } else if (event.kind === 'sending') {
      this.tell(task, { on: 'go on' })
    } else if (event.kind === 'range-hidden') {
      console.warn('aisubs: the store does not expose its Range header; sending the rest in one request.')
    } else {
      const now = performance.now()
      const bytes = event.confirmed + event.inFlight
      pace.add(now, bytes)
      if (event.inFlight === 0 && event.confirmed > 0) void this.save(task, { confirmed: event.confirmed })
      const rises = Math.floor((bytes / task.upload.size) * 100) > Math.floor(task.upload.share * 100)
      if (event.inFlight > 0 && !rises && now - task.toldAt < TELL_EVERY_MS) return
      task.toldAt = now
      const leftS = pace.leftS(now, task.upload.size - bytes)
      this.tell(task, { on: 'progress', share: bytes / task.upload.size, speed: pace.speed, leftS })
    }
  }

  private async finish(task: Task, ref: JobRef, cached: boolean): Promise<null> {
    await this.around.ledger.forget(task.upload.key)
    task.record = null
    task.file = null
    this.tell(task, { on: 'done', jobId: ref.id, cached })
    this.around.onSubmitted(ref)
    return null
  }

  /** The tab that had this upload has finished it or is gone. */
  private async inherit(key: string): Promise<void> {
    const record = (await this.around.ledger.load()).find((one) => one.key === key)
    this.tasks.delete(key)
    if (record) this.tasks.set(key, Task.ofRecord(record, false))
    this.publish()
  }

  private async save(task: Task, change: Partial<Record>): Promise<void> {
    if (!this.tasks.has(task.upload.key)) return
    task.record = { ...task.asRecord(), ...change, at: Date.now() }
    await this.around.ledger.save(task.record)
  }

  private tell(task: Task, happening: Happening): void {
    const upload = next(task.upload, happening)
    if (upload === task.upload) return
    task.upload = upload
    this.publish()
  }

  private publish(): void {
    this.snapshot = [...this.tasks.values()].map((task) => task.upload)
    for (const listener of this.listeners) listener()
  }
}
