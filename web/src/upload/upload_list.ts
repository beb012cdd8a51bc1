/** The uploads of this page, in the order in which they came, and whoever watches them. */
import { type Happening, next, type Upload } from './phases.ts'
import type { Task } from './task.ts'

export class UploadList {
  private tasks = new Map<string, Task>()
  private readonly listeners = new Set<() => void>()
  private snapshot: readonly Upload[] = []

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly getSnapshot = (): readonly Upload[] => this.snapshot

  get(key: string): Task | undefined {
    return this.tasks.get(key)
  }

  all(): Task[] {
    return [...this.tasks.values()]
  }

  has(task: Task): boolean {
    return this.tasks.get(task.upload.key) === task
  }

  put(task: Task): void {
    this.tasks.set(task.upload.key, task)
  }

  /** In the same place. */
  replace(old: Task, task: Task): void {
    this.tasks = new Map(this.all().map((one) => (one === old ? task : one)).map((one) => [one.upload.key, one]))
  }

  delete(key: string): void {
    this.tasks.delete(key)
  }

  tell(task: Task, happening: Happening): void {
    const upload = next(task.upload, happening)
    if (upload === task.upload) return
    task.upload = upload
    this.publish()
  }

  publish(): void {
    this.snapshot = this.all().map((task) => task.upload)
    for (const listener of this.listeners) listener()
  }
}
