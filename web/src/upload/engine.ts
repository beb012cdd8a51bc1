/** All uploads of this page. Outside React: a page that renders, or does not, changes nothing about the bytes. */
import { asBackendError } from '@/backend/backend.ts'
import type { JobRef } from '@/backend/types.ts'
import { announce, withdraw } from './announcing.ts'
import { bring } from './bringing.ts'
import { inspect } from './inspect.ts'
import type { Command } from './mirror.ts'
import { needOf } from './need.ts'
import { prepare } from './preparing.ts'
import type { FileHandle, UploadRecord } from './record.ts'
import { UploadList } from './upload_list.ts'
import { compare, type Fit, reopen } from './source.ts'
import type { UploadActions, UploadContext } from './context.ts'
import { Tabs } from './tabs.ts'
import { type Script, withScript } from './script.ts'
import { type Chosen, Task, type Wish } from './task.ts'

/** More would share the same line, fewer would leave it idle while one is prepared or waits. */
const AT_ONCE = 3

export class UploadEngine {
  private readonly actions: UploadActions
  private readonly list = new UploadList()
  private readonly tabs: Tabs
  private running = 0
  readonly subscribe = this.list.subscribe
  readonly getSnapshot = this.list.getSnapshot

  constructor(private readonly context: UploadContext) {
    this.actions = {
      context,
      tell: (task, happening) => this.list.tell(task, happening),
      save: (task, change) => this.save(task, change),
      wanted: (task) => this.list.has(task),
      finish: (task, ref, cached) => this.finish(task, ref, cached),
    }
    this.tabs = new Tabs(context, this.list, {
      obey: (key, command) => this.obey(key, command),
      inherited: (task, record, able) => this.inherited(task, record, able),
      finish: (task, ref) => this.finish(task, ref, null),
    })
  }

  /** What an earlier life of this page did not finish. */
  async load(): Promise<void> {
    const { store, extracts } = this.context
    await this.tabs.load()
    await extracts?.sweep(() => store.keys())
  }

  /** `audioOnly`: of videos, only the sound will be sent, as far as can be said before people press the button. */
  async add(chosen: readonly Chosen[], audioOnly: boolean): Promise<void> {
    const added = chosen.map((one) => Task.ofFile(one))
    for (const task of added) this.list.put(task)
    this.list.publish()
    const limits = await this.context.limits()
    for (const task of added) {
      const file = task.file
      if (!file || task.life.signal.aborted) continue
      try {
        const found = await inspect(file, limits, audioOnly && this.context.extracts !== null)
        this.list.tell(task, { on: 'inspected', ...found })
        if (found.rejection === null) this.startHash(task, file)
      } catch {
        // It went away, or it is a folder: the browser lets us name it but not read it.
        this.list.tell(task, { on: 'inspected', rejection: 'unreadable_file', durationMs: null })
      }
    }
  }

  scriptOf(key: string): Script | null {
    return this.list.get(key)?.script ?? null
  }

  /** The text that is there already of a recording that is not begun; null is none. */
  setScript(key: string, script: Script | null): void {
    const task = this.list.get(key)
    if (task) this.list.tell(Object.assign(task, { script }), { on: 'script', name: script?.name ?? null })
  }

  /** Send all that is ready. */
  start(wish: Wish): void {
    const tasks = this.list.all().filter((task) => task.upload.phase.name === 'ready')
    for (const task of tasks) {
      task.wish = task.script ? withScript(wish, task.script) : wish
      this.list.tell(task, { on: 'start' })
    }
    void this.writeDown(tasks).then(() => this.fill())
  }

  /** Before anything is asked of a server: from here on no killed browser forgets that these were to be sent. */
  private async writeDown(tasks: readonly Task[]): Promise<void> {
    await Promise.allSettled(tasks.map((task) => task.hold()))
    const wanted = tasks.filter((task) => this.list.has(task) && !task.active)
    const records = wanted.map((task) => (task.record = task.asRecord()))
    if (await this.context.store.saveAll(records)) for (const task of wanted) this.tellReload(task, true)
    else await Promise.all(wanted.map((task) => this.save(task, {}))) // one that cannot be kept must not cost the rest
  }

  pause(key: string): void {
    const task = this.tabs.own(key, 'pause')
    if (!task) return
    this.list.tell(task, { on: 'pause' })
    task.abort.abort()
    if (task.record) void this.save(task, { phase: 'paused' })
  }

  resume(key: string): void {
    const task = this.tabs.own(key, 'resume')
    if (!task || !(task.file ?? task.body)) return
    this.list.tell(task, { on: 'start' })
    this.fill()
  }

  /** Try again now instead of after the wait. */
  hurry(key?: string): void {
    const tasks = key === undefined ? this.list.all() : [this.tabs.own(key, 'hurry')]
    for (const task of tasks) task?.hurry()
  }

  /** A place may be free: those that wait for one need wait no longer. */
  hurryForRoom(): void {
    for (const task of this.list.all()) {
      const { phase } = task.upload
      if (phase.name === 'waiting' && phase.reason.endsWith('_full')) task.hurry()
    }
  }

  /** Do not wait for the sound: send the file as it is. */
  sendWhole(key: string): void {
    this.tabs.own(key, 'whole')?.skip.abort()
  }

  /** The file of an upload that lost it in a reload. Anything but the very same file is refused, and not a byte sent. */
  async giveFile(key: string, { file, handle }: Chosen): Promise<void> {
    const task = this.list.get(key)
    if (!task?.record) return
    const fit = await compare(file, task.record)
    if (fit === 'same') [task.file, task.handle] = [file, handle]
    this.goOn(task, fit)
  }

  /** The same by the permission that the browser kept. Call it in a click: the browser may have to ask. */
  async reopen(key: string): Promise<void> {
    const task = this.list.get(key)
    if (!task?.record?.handle) return
    const given = (await task.record.handle.requestPermission?.({ mode: 'read' })) ?? 'granted'
    if (given === 'granted') this.goOn(task, await reopen(task, task.record.handle, task.record))
  }

  /** The same file from the beginning, as another upload in the same place. */
  async again(key: string, change: Partial<Pick<Task, 'afresh' | 'method'>>): Promise<void> {
    const old = this.list.get(key)
    if (!old?.file || !old.wish) return
    const task = Task.ofFile({ file: old.file, handle: old.handle }, old.upload.durationMs)
    Object.assign(task, { wish: old.wish, upload: { ...task.upload, script: old.upload.script } }, change)
    this.startHash(task, old.file)
    this.list.replace(old, task)
    const gone = this.takeAway(old)
    this.list.tell(task, { on: 'inspected', rejection: null, durationMs: task.upload.durationMs })
    this.list.tell(task, { on: 'start' })
    await gone
    this.fill()
  }

  /** Take an upload away, whatever state it is in, and its unfinished job with it. */
  async remove(key: string): Promise<void> {
    const task = this.tabs.own(key, 'remove')
    if (!task) return
    this.list.delete(key)
    this.list.publish()
    await this.takeAway(task)
  }

  private async takeAway(task: Task): Promise<void> {
    const { key, phase } = task.upload
    task.abort.abort()
    task.life.abort()
    const url = task.record?.session?.parts?.abort_url ?? task.record?.session?.url
    await this.context.store.forget(key)
    await this.context.extracts?.remove(key)
    task.release?.()
    if (phase.name === 'submitted' || !task.ref) return
    await withdraw(this.context, task.ref)
    // The store need not keep what came: best effort, it ends by itself.
    if (url) await fetch(url, { method: 'DELETE' }).catch(() => undefined)
  }

  /** Whether bytes would stop going up if the page were left now. */
  get sending(): boolean {
    return needOf(this.getSnapshot()).moving > 0
  }

  private startHash(task: Task, file: File): void {
    if (!this.context.hash || task.hash) return
    task.hash = this.context.hash(file, task.life.signal)
    task.hash.catch(() => undefined) // whoever needs it hears it
  }

  private goOn(task: Task, fit: Fit): void {
    if (fit !== 'same') return this.list.tell(task, { on: 'wrong file', wrong: fit, again: fit !== 'gone' && task.handle !== null })
    // Its sound lay here and is gone. Taken out once more it need not fit what the server has of it.
    if (task.record?.extract && !task.body && task.ref) return void this.again(task.upload.key, {})
    this.resume(task.upload.key)
  }

  private fill(): void {
    for (const task of this.list.all()) {
      if (this.running >= AT_ONCE) return
      if (task.upload.phase.name !== 'queued' || task.active) continue
      this.running += 1
      task.active = true
      task.abort = new AbortController()
      this.list.tell(task, { on: 'turn' })
      void this.run(task).finally(() => {
        task.active = false
        this.running -= 1
        this.fill()
      })
    }
  }

  private async run(task: Task): Promise<void> {
    try {
      await task.hold()
      if (task.record?.phase === 'paused') await this.save(task, { phase: task.ref ? 'sending' : 'announcing' })
      await prepare(task, this.actions)
      const stopped = (): boolean => task.abort.signal.aborted || task.upload.phase.name === 'failed'
      if (stopped()) return
      const ref = task.ref ?? (await announce(task, this.actions))
      if (ref && !stopped()) await bring(task, ref, this.actions)
    } catch (fault) {
      if (task.life.signal.aborted) return
      const { code, message } = asBackendError(fault)
      this.list.tell(task, { on: 'fail', code, message })
    }
  }

  private async finish(task: Task, ref: JobRef, cached: { at: string | null } | null): Promise<void> {
    const { key } = task.upload
    // In this order: whenever the browser is killed, the job is in the list or its upload still known.
    const kept = await this.context.onSubmitted(ref)
    task.record = null
    task.body = null
    if (!cached) task.file = null
    this.list.tell(task, { on: 'done', jobId: ref.id, cached: cached !== null, cachedAt: cached?.at ?? null, kept })
    if (kept) await this.context.store.forget(key)
    task.release?.()
    task.release = null
    if (kept) await this.context.extracts?.remove(key)
    this.hurryForRoom()
  }

  private inherited(task: Task, record: UploadRecord, able: boolean): void {
    this.tellReload(task, true)
    if (able && record.phase === 'paused') task.upload = { ...task.upload, phase: { name: 'paused' } }
    else if (able) this.list.tell(task, { on: 'start' })
    this.list.publish()
    this.fill()
  }

  private obey(key: string, command: Command): void {
    if (command === 'whole') this.sendWhole(key)
    else if (command === 'remove') void this.remove(key)
    else this[command](key)
  }

  private async save(task: Task, change: Partial<UploadRecord>): Promise<void> {
    if (!this.actions.wanted(task)) return
    task.record = { ...task.asRecord(), ...change, at: Date.now() }
    this.tellReload(task, await this.context.store.save(task.record))
  }

  private tellReload(task: Task, kept: boolean): void {
    const handle: FileHandle | null = task.record?.handle ?? null
    const reload = !kept ? 'all' : task.record?.extract ? 'nothing' : handle ? 'click' : 'file'
    this.list.tell(task, { on: 'kept', reload })
  }
}
