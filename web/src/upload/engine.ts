/** All uploads of this page. Outside React: a page that renders, or does not, changes nothing about the bytes. */
import { asBackendError } from '@/backend/backend.ts'
import type { JobRef } from '@/backend/types.ts'
import { announce, withdraw } from './announcing.ts'
import { bring } from './bringing.ts'
import { inspect } from './inspect.ts'
import { take } from './lock.ts'
import type { Command } from './mirror.ts'
import type { Upload } from './phases.ts'
import { prepare } from './preparing.ts'
import type { FileHandle, Record } from './record.ts'
import { Shelf } from './shelf.ts'
import { compare, type Fit, reopen } from './source.ts'
import type { Desk, Surroundings } from './surroundings.ts'
import { Tabs } from './tabs.ts'
import { type Chosen, Task, type Wish } from './task.ts'

const AT_ONCE = 2
const UNSAFE: Upload['phase']['name'][] = ['queued', 'preparing', 'announcing', 'sending', 'waiting']

export class UploadEngine {
  private readonly desk: Desk
  private readonly shelf = new Shelf()
  private readonly tabs: Tabs
  private running = 0
  readonly subscribe = this.shelf.subscribe
  readonly getSnapshot = this.shelf.getSnapshot

  constructor(private readonly around: Surroundings) {
    this.desk = {
      around,
      tell: (task, happening) => this.shelf.tell(task, happening),
      save: (task, change) => this.save(task, change),
      wanted: (task) => this.shelf.has(task),
      finish: (task, ref, cached) => this.finish(task, ref, cached),
    }
    this.tabs = new Tabs(around, this.shelf, {
      obey: (key, command) => this.obey(key, command),
      inherited: (task, record, able) => this.inherited(task, record, able),
    })
  }

  /** What an earlier life of this page did not finish. */
  async load(): Promise<void> {
    const { ledger, extracts } = this.around
    await this.tabs.load()
    await extracts?.sweep(() => ledger.keys())
  }

  /** `audioOnly`: of videos, only the sound will be sent, as far as can be said before people press the button. */
  async add(chosen: readonly Chosen[], audioOnly: boolean): Promise<void> {
    const added = chosen.map((one) => Task.ofFile(one))
    for (const task of added) this.shelf.put(task)
    this.shelf.publish()
    const limits = await this.around.limits()
    for (const task of added) {
      const file = task.file
      if (!file || task.life.signal.aborted) continue
      try {
        const found = await inspect(file, limits, audioOnly && this.around.extracts !== null)
        this.shelf.tell(task, { on: 'inspected', ...found })
        if (found.rejection === null) this.startHash(task, file)
      } catch {
        // It went away, or it is a folder: the browser lets us name it but not read it.
        this.shelf.tell(task, { on: 'inspected', rejection: 'unreadable_file', durationMs: null })
      }
    }
  }

  /** Send all that is ready. */
  start(wish: Wish): void {
    for (const task of this.shelf.all()) {
      if (task.upload.phase.name !== 'ready') continue
      task.wish = wish
      this.shelf.tell(task, { on: 'start' })
    }
    this.fill()
  }

  pause(key: string): void {
    const task = this.tabs.own(key, 'pause')
    if (!task) return
    this.shelf.tell(task, { on: 'pause' })
    task.abort.abort()
    if (task.record) void this.save(task, { phase: 'paused' })
  }

  resume(key: string): void {
    const task = this.tabs.own(key, 'resume')
    if (!task || !(task.file ?? task.body)) return
    this.shelf.tell(task, { on: 'start' })
    this.fill()
  }

  /** Try again now instead of after the wait. */
  hurry(key?: string): void {
    const tasks = key === undefined ? this.shelf.all() : [this.tabs.own(key, 'hurry')]
    for (const task of tasks) task?.hurry()
  }

  /** A place in the queue may be free: those that wait for one need wait no longer. */
  hurryForRoom(): void {
    for (const task of this.shelf.all()) {
      if (task.upload.phase.name === 'waiting' && task.upload.phase.reason === 'queue_full') task.hurry()
    }
  }

  /** Do not wait for the sound: send the file as it is. */
  sendWhole(key: string): void {
    this.tabs.own(key, 'whole')?.skip.abort()
  }

  /** The file of an upload that lost it in a reload. Anything but the very same file is refused, and not a byte sent. */
  async giveFile(key: string, { file, handle }: Chosen): Promise<void> {
    const task = this.shelf.get(key)
    if (!task?.record) return
    const fit = await compare(file, task.record)
    if (fit === 'same') [task.file, task.handle] = [file, handle]
    this.goOn(task, fit)
  }

  /** The same by the permission that the browser kept. Call it in a click: the browser may have to ask. */
  async reopen(key: string): Promise<void> {
    const task = this.shelf.get(key)
    if (!task?.record?.handle) return
    const given = (await task.record.handle.requestPermission?.({ mode: 'read' })) ?? 'granted'
    if (given === 'granted') this.goOn(task, await reopen(task, task.record.handle, task.record))
  }

  /** The same file from the beginning, as another upload in the same place. */
  async again(key: string, change: Partial<Pick<Task, 'afresh' | 'method'>>): Promise<void> {
    const old = this.shelf.get(key)
    if (!old?.file || !old.wish) return
    const task = Task.ofFile({ file: old.file, handle: old.handle }, old.upload.durationMs)
    Object.assign(task, { wish: old.wish }, change)
    this.startHash(task, old.file)
    this.shelf.replace(old, task)
    const gone = this.takeAway(old)
    this.shelf.tell(task, { on: 'inspected', rejection: null, durationMs: task.upload.durationMs })
    this.shelf.tell(task, { on: 'start' })
    await gone
    this.fill()
  }

  /** Take an upload away, whatever state it is in, and its unfinished job with it. */
  async remove(key: string): Promise<void> {
    const task = this.tabs.own(key, 'remove')
    if (!task) return
    this.shelf.delete(key)
    this.shelf.publish()
    await this.takeAway(task)
  }

  private async takeAway(task: Task): Promise<void> {
    const { key, phase } = task.upload
    task.abort.abort()
    task.life.abort()
    const url = task.record?.session?.parts?.abort_url ?? task.record?.session?.url
    await this.around.ledger.forget(key)
    await this.around.extracts?.remove(key)
    task.release?.()
    if (phase.name === 'submitted' || !task.ref) return
    await withdraw(this.around, task.ref)
    // The store need not keep what came: best effort, it ends by itself.
    if (url) await fetch(url, { method: 'DELETE' }).catch(() => undefined)
  }

  /** A file would have to be chosen again, if the page were left now. */
  get busy(): boolean {
    return this.getSnapshot().some(({ phase, reload, mirrored }) => {
      return !mirrored && UNSAFE.includes(phase.name) && (reload === 'file' || reload === 'all')
    })
  }

  get sending(): boolean {
    return this.getSnapshot().some(({ phase, mirrored }) => !mirrored && UNSAFE.includes(phase.name))
  }

  private startHash(task: Task, file: File): void {
    if (!this.around.hash || task.hash) return
    task.hash = this.around.hash(file, task.life.signal)
    task.hash.catch(() => undefined) // whoever needs it hears it
  }

  private goOn(task: Task, fit: Fit): void {
    if (fit !== 'same') return this.shelf.tell(task, { on: 'wrong file', wrong: fit, again: fit !== 'gone' && task.handle !== null })
    // Its sound lay here and is gone. Taken out once more it need not fit what the server has of it.
    if (task.record?.extract && !task.body && task.ref) return void this.again(task.upload.key, {})
    this.resume(task.upload.key)
  }

  private fill(): void {
    for (const task of this.shelf.all()) {
      if (this.running >= AT_ONCE) return
      if (task.upload.phase.name !== 'queued' || task.active) continue
      this.running += 1
      task.active = true
      task.abort = new AbortController()
      this.shelf.tell(task, { on: 'turn' })
      void this.run(task).finally(() => {
        task.active = false
        this.running -= 1
        this.fill()
      })
    }
  }

  private async run(task: Task): Promise<void> {
    try {
      task.release ??= await take(task.upload.key, task.life.signal)
      if (task.record?.phase === 'paused') await this.save(task, { phase: task.ref ? 'sending' : 'announcing' })
      await prepare(task, this.desk)
      const stopped = (): boolean => task.abort.signal.aborted || task.upload.phase.name === 'failed'
      if (stopped()) return
      const ref = task.ref ?? (await announce(task, this.desk))
      if (ref && !stopped()) await bring(task, ref, this.desk)
    } catch (fault) {
      if (task.life.signal.aborted) return
      const { code, message } = asBackendError(fault)
      this.shelf.tell(task, { on: 'fail', code, message })
    }
  }

  private async finish(task: Task, ref: JobRef, cached: { at: string | null } | null): Promise<void> {
    const { key } = task.upload
    await this.around.ledger.forget(key)
    task.record = null
    task.body = null
    if (!cached) task.file = null
    this.shelf.tell(task, { on: 'done', jobId: ref.id, cached: cached !== null, cachedAt: cached?.at ?? null })
    task.release?.()
    task.release = null
    this.around.onSubmitted(ref)
    await this.around.extracts?.remove(key)
  }

  private inherited(task: Task, record: Record, able: boolean): void {
    this.tellReload(task, true)
    if (able && record.phase === 'paused') task.upload = { ...task.upload, phase: { name: 'paused' } }
    else if (able) this.shelf.tell(task, { on: 'start' })
    this.shelf.publish()
    this.fill()
  }

  private obey(key: string, command: Command): void {
    if (command === 'whole') this.sendWhole(key)
    else if (command === 'remove') void this.remove(key)
    else this[command](key)
  }

  private async save(task: Task, change: Partial<Record>): Promise<void> {
    if (!this.desk.wanted(task)) return
    task.record = { ...task.asRecord(), ...change, at: Date.now() }
    this.tellReload(task, await this.around.ledger.save(task.record))
  }

  private tellReload(task: Task, kept: boolean): void {
    const handle: FileHandle | null = task.record?.handle ?? null
    const reload = !kept ? 'all' : task.record?.extract ? 'nothing' : handle ? 'click' : 'file'
    this.shelf.tell(task, { on: 'kept', reload })
  }
}
