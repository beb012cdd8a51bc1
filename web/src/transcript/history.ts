/** Undo and redo over the whole document. */
import type { Operation } from '@/backend/transcripts.ts'

const MOST_STEPS = 500

export interface Step {
  forward: readonly Operation[]
  back: readonly Operation[]
  /** Where the eye should go when it is undone or done again. */
  paragraph: string | null
}

export class History {
  private done: Step[] = []
  private undone: Step[] = []

  get canUndo(): boolean {
    return this.done.length > 0
  }

  get canRedo(): boolean {
    return this.undone.length > 0
  }

  push(step: Step): void {
    this.done = [...this.done, step].slice(-MOST_STEPS)
    this.undone = []
  }

  /** The last step went on: typing is undone in bursts. */
  amend(step: Step): void {
    this.done.pop()
    this.push(step)
  }

  /** The last two steps are one: the later does away with what the earlier did. */
  unite(): void {
    const [earlier, later] = this.done.slice(-2)
    if (earlier && later) this.done = [...this.done.slice(0, -2), { ...later, back: earlier.back }]
  }

  /** The last step came to nothing. */
  drop(): void {
    this.done.pop()
  }

  undo(): Step | null {
    const step = this.done.pop()
    if (step) this.undone.push(step)
    return step ?? null
  }

  redo(): Step | null {
    const step = this.undone.pop()
    if (step) this.done.push(step)
    return step ?? null
  }

  clear(): void {
    this.done = []
    this.undone = []
  }
}
