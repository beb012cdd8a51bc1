/** Uploads and tabs: each upload is one tab's, the others show it, and when that tab is gone one of them goes on. */
import type { JobRef } from '@/backend/types.ts'
import { arrived } from './bringing.ts'
import { within } from './hashing.ts'
import { heldElsewhere, take } from './lock.ts'
import { type Command, Mirror } from './mirror.ts'
import type { Upload } from './phases.ts'
import type { UploadRecord } from './record.ts'
import type { UploadList } from './upload_list.ts'
import { recover } from './source.ts'
import type { UploadContext } from './context.ts'
import { Task } from './task.ts'

const LOOK_MS = 3_000

export interface OfThisTab {
  obey: (key: string, command: Command) => void
  /** `able`: it has its bytes and can go on by itself. */
  inherited: (task: Task, record: UploadRecord, able: boolean) => void
  finish: (task: Task, ref: JobRef) => Promise<void>
}

export class Tabs {
  private readonly mirror: Mirror

  constructor(
    private readonly context: UploadContext,
    private readonly list: UploadList,
    private readonly here: OfThisTab,
  ) {
    this.mirror = new Mirror(context.bus, {
      rows: () => list.all().flatMap((task) => (task.release ? [task.upload] : [])),
      onCommand: (key, command) => list.get(key)?.release && here.obey(key, command),
      onRows: (from, rows) => this.show(from, rows),
    })
    list.subscribe(() => this.mirror.changed())
  }

  /** What an earlier life of this page did not finish, and what other tabs are at. */
  async load(): Promise<void> {
    for (const record of await this.context.store.load()) {
      if (this.list.get(record.key)) continue
      if (await heldElsewhere(record.key)) {
        this.list.put(Task.ofMirror({ ...Task.ofRecord(record).upload, phase: { name: 'elsewhere' } }))
      }
      void this.inherit(record.key)
    }
    this.list.publish()
    this.mirror.ask()
  }

  /** The task if this tab has it; else the command goes to the tab that has. */
  own(key: string, command: Command): Task | null {
    const task = this.list.get(key)
    if (!task?.upload.mirrored) return task ?? null
    if (task.upload.phase.name !== 'submitted') this.mirror.command(key, command)
    else this.drop(task)
    return null
  }

  /** Waits until no other tab has this upload; then it is ours, unless it is finished. */
  private async inherit(key: string): Promise<void> {
    const release = await take(key, this.list.get(key)?.life.signal).catch(() => null)
    if (!release) return
    const record = await this.context.store.find(key)
    const known = this.list.get(key)
    if (known && !known.upload.mirrored) return release()
    if (!record) {
      if (known && known.upload.phase.name !== 'submitted') this.drop(known)
      return release()
    }
    const task = Task.ofRecord(record)
    // The answer to its last byte may have been lost with the page.
    if (record.job && (await within(arrived(record.job, this.context.backend), LOOK_MS))) {
      task.release = release
      this.list.put(task)
      return this.here.finish(task, record.job)
    }
    const able = await recover(task, record, this.context.extracts)
    if (able) task.release = release
    else release()
    this.list.put(task)
    this.here.inherited(task, record, able)
  }

  private show(from: string, rows: readonly Upload[]): void {
    for (const row of rows) {
      const known = this.list.get(row.key)
      if (known?.active || known?.release) continue
      if (!known && row.phase.name === 'submitted') continue
      const mirror = Task.ofMirror(row)
      mirror.from = from
      if (known?.upload.mirrored) mirror.life = known.life
      this.list.put(mirror)
      if (!known?.upload.mirrored) void this.inherit(row.key)
    }
    const there = new Set(rows.map(({ key }) => key))
    // A row that says how it ended may stay; one that ends without a word was taken away.
    for (const task of this.list.all()) {
      const { key, phase } = task.upload
      if (task.from === from && !there.has(key) && phase.name !== 'submitted') this.drop(task)
    }
    this.list.publish()
  }

  private drop(task: Task): void {
    task.life.abort()
    this.list.delete(task.upload.key)
    this.list.publish()
  }
}
