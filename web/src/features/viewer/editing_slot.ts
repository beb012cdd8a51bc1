import type { WritingField } from './text/transcript_text.tsx'

export interface EditingInText {
  field: WritingField | null
  /** Writes in this paragraph, with the caret at this UTF-16 unit, or with the text up to `until` selected. */
  write: (id: string, caret: number, until?: number) => void
}

/** Hands what editing puts into the text to the screen, which knows editing only once that is loaded. */
export class EditingSlot {
  private now: EditingInText | null = null
  private readonly listeners = new Set<() => void>()

  readonly put = (now: EditingInText): void => {
    this.now = now
    for (const listener of this.listeners) listener()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly getSnapshot = (): EditingInText | null => this.now
}
