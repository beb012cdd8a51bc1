/** Uploads and tabs: each upload is one tab's, the others show it, and when that tab is gone one of them goes on. */
import { heldElsewhere, take } from './lock.ts'
import { type Command, Mirror } from './mirror.ts'
import type { Upload } from './phases.ts'
import type { Record } from './record.ts'
import type { Shelf } from './shelf.ts'
import { recover } from './source.ts'
import type { Surroundings } from './surroundings.ts'
import { Task } from './task.ts'

export interface OfThisTab {
  obey: (key: string, command: Command) => void
  /** `able`: it has its bytes and can go on by itself. */
  inherited: (task: Task, record: Record, able: boolean) => void
}

export class Tabs {
  private readonly mirror: Mirror

  constructor(
    private readonly around: Surroundings,
    private readonly shelf: Shelf,
    private readonly here: OfThisTab,
  ) {
    this.mirror = new Mirror(around.bus, {
      rows: () => shelf.all().flatMap((task) => (task.release ? [task.upload] : [])),
      onCommand: (key, command) => shelf.get(key)?.release && here.obey(key, command),
      onRows: (from, rows) => this.show(from, rows),
    })
    shelf.subscribe(() => this.mirror.changed())
  }

  /** What an earlier life of this page did not finish, and what other tabs are at. */
  async load(): Promise<void> {
    for (const record of await this.around.ledger.load()) {
      if (this.shelf.get(record.key)) continue
      if (await heldElsewhere(record.key)) {
        this.shelf.put(Task.ofMirror({ ...Task.ofRecord(record).upload, phase: { name: 'elsewhere' } }))
      }
      void this.inherit(record.key)
    }
    this.shelf.publish()
    this.mirror.ask()
  }

  /** The task if this tab has it; else the command goes to the tab that has. */
  own(key: string, command: Command): Task | null {
    const task = this.shelf.get(key)
    if (!task?.upload.mirrored) return task ?? null
    if (task.upload.phase.name !== 'submitted') this.mirror.command(key, command)
    else this.drop(task)
    return null
  }

  /** Waits until no other tab has this upload; then it is ours, unless it is finished. */
  private async inherit(key: string): Promise<void> {
    const release = await take(key, this.shelf.get(key)?.life.signal).catch(() => null)
    if (!release) return
    const record = await this.around.ledger.find(key)
    const known = this.shelf.get(key)
    if (known && !known.upload.mirrored) return release()
    if (!record) {
      if (known && known.upload.phase.name !== 'submitted') this.drop(known)
      return release()
    }
    const task = Task.ofRecord(record)
    const able = await recover(task, record, this.around.extracts)
    if (able) task.release = release
    else release()
    this.shelf.put(task)
    this.here.inherited(task, record, able)
  }

  private show(from: string, rows: readonly Upload[]): void {
    for (const row of rows) {
      const known = this.shelf.get(row.key)
      if (known?.active || known?.release) continue
      if (!known && row.phase.name === 'submitted') continue
      const mirror = Task.ofMirror(row)
      mirror.from = from
      if (known?.upload.mirrored) mirror.life = known.life
      this.shelf.put(mirror)
      if (!known?.upload.mirrored) void this.inherit(row.key)
    }
    const there = new Set(rows.map(({ key }) => key))
    // A row that says how it ended may stay; one that ends without a word was taken away.
    for (const task of this.shelf.all()) {
      const { key, phase } = task.upload
      if (task.from === from && !there.has(key) && phase.name !== 'submitted') this.drop(task)
    }
    this.shelf.publish()
  }

  private drop(task: Task): void {
    task.life.abort()
    this.shelf.delete(task.upload.key)
    this.shelf.publish()
  }
}
