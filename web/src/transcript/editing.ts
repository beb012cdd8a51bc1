/** The text while it is being changed: what was done, what can be undone, and what of it the server has to be told. */
import type { Operation } from '@/backend/transcripts.ts'
import { difference, type TranscriptDocument, revise, Unfit } from './document.ts'
import { History, type Step } from './history.ts'
import { clean, type Op, operationsOf } from './ops.ts'
import { reusing } from './same.ts'

/** Typing after a longer pause is another step. */
const BURST_MS = 2000

/** Typing in one paragraph is one step, and times are shared out anew from what there was before it. */
interface Burst {
  id: string
  before: TranscriptDocument
  /** Before the part of it that is not on its way to the server. */
  unsent: TranscriptDocument
  at: number
}

/** Where changes go. */
export interface Outbox {
  /** Whether the last of them may still be another. */
  readonly open: boolean
  add(operations: readonly Operation[]): void
  amend(operations: readonly Operation[]): void
}

export class Editing {
  private readonly history = new History()
  private burst: Burst | null = null
  private captions: { name: string; at: number } | null = null

  constructor(
    public document: TranscriptDocument,
    private readonly outbox: Outbox,
    private readonly newId: () => string,
    private readonly now: () => number = Date.now,
  ) {}

  get canUndo(): boolean {
    return this.history.canUndo
  }

  get canRedo(): boolean {
    return this.history.canRedo
  }

  /** False: it changes nothing here. */
  apply(op: Op): boolean {
    if (op.kind === 'edit') {
      this.captions = null
      return this.type(op.id, op)
    }
    this.burst = null
    if (op.kind !== 'captions') this.captions = null
    const operations = operationsOf(this.document, op, this.newId)
    if (operations.length === 0) return false
    const before = this.document
    if (!this.fits(() => this.push(operations, op)) || this.document === before) return false
    if (op.kind === 'captions') this.together(op.burst)
    this.outbox.add(operations)
    return true
  }

  /** The caret has left a paragraph: white space at its ends goes, and so does the paragraph if nothing is left. */
  tidy(id: string): boolean {
    const text = this.paragraph(id)?.text
    const tidied = text?.trim()
    if (text === undefined || (tidied === text && text !== '')) return this.end(false)
    return this.end(tidied ? this.type(id, { kind: 'edit', id, text: tidied }) : this.type(id, { kind: 'remove', id }))
  }

  /** Puts back what was done last; where that was, or null. */
  undo(): { paragraph: string | null } | null {
    return this.replay(this.history.undo(), 'back')
  }

  redo(): { paragraph: string | null } | null {
    return this.replay(this.history.redo(), 'forward')
  }

  /** Another text, of which nothing here was the cause. */
  load(document: TranscriptDocument): void {
    const news = reusing(this.document, document)
    if (difference(this.document, news).length > 0) this.history.clear()
    this.burst = null
    this.document = news
  }

  /** A change that the server has made already, and which can be undone here. */
  adopt(document: TranscriptDocument): void {
    const news = reusing(this.document, document)
    this.burst = null
    this.push(difference(this.document, news), null)
    this.document = news
  }

  private end(changed: boolean): boolean {
    this.burst = null
    return changed
  }

  private paragraph(id: string) {
    return this.document.paragraphs.find((paragraph) => paragraph.id === id)
  }

  /** An `edit`, or a `remove` as the end of one. */
  private type(id: string, op: Op): boolean {
    const present = this.paragraph(id)
    if (!present || (op.kind === 'edit' && clean(op.text) === present.text)) return false
    const now = this.now()
    // An empty paragraph has no times: what comes next must know those from before.
    const goesOn = this.burst?.id === id && (now - this.burst.at < BURST_MS || present.text.trim() === '')
    const previous = this.document
    const burst = goesOn && this.burst ? this.burst : { id, before: previous, unsent: previous, at: now }
    const { document, inverse } = revise(burst.before, operationsOf(burst.before, op, this.newId))
    const step: Step = { forward: difference(burst.before, document), back: inverse, paragraph: id }
    this.document = document
    if (!goesOn) this.history.push(step)
    else if (step.forward.length > 0) this.history.amend(step)
    else this.history.drop()
    if (goesOn && this.outbox.open) {
      this.outbox.amend(difference(burst.unsent, document))
    } else {
      burst.unsent = previous
      this.outbox.add(difference(previous, document))
    }
    burst.at = now
    this.burst = step.forward.length > 0 ? burst : null
    return true
  }

  private push(operations: readonly Operation[], op: Op | null): void {
    const { document, inverse } = revise(this.document, operations)
    if (inverse.length === 0) return
    this.document = document
    this.history.push({ forward: operations, back: inverse, paragraph: op && 'id' in op ? op.id : null })
  }

  private fits(step: () => unknown): boolean {
    try {
      step()
      return true
    } catch (fault) {
      if (!(fault instanceof Unfit)) throw fault
      return false
    }
  }

  /** The step that was just made is one with the one before it, if both are of one burst. */
  private together(name: string | undefined): void {
    const [now, former] = [this.now(), this.captions]
    this.captions = name === undefined ? null : { name, at: now }
    if (former && former.name === name && now - former.at < BURST_MS) this.history.unite()
  }

  private replay(step: Step | null, direction: 'forward' | 'back'): { paragraph: string | null } | null {
    this.burst = null
    this.captions = null
    if (!step) return null
    if (!this.fits(() => (this.document = revise(this.document, step[direction]).document))) {
      this.history.clear() // the text is another by now
      return null
    }
    this.outbox.add(step[direction])
    return { paragraph: step.paragraph }
  }
}
