/** Where writing begins: at the row that has the focus, or the one in the middle of the view, or the first. */
import type { Editing } from './editing.ts'

export function startWriting(editing: Editing, text: HTMLElement | null, caret = 0): void {
  editing.turn(true)
  const row = focusedRow(text) ?? rowInView(text) ?? text?.querySelector<HTMLElement>('[data-row]')
  const id = row?.dataset['row']
  if (id !== undefined) editing.write(id, caret)
}

export function focusedRow(text: HTMLElement | null): HTMLElement | null {
  const row = document.activeElement?.closest<HTMLElement>('[data-row]') ?? null
  return row && text?.contains(row) ? row : null
}

function rowInView(text: HTMLElement | null): HTMLElement | null {
  const box = text?.getBoundingClientRect()
  if (!box) return null
  const under = document.elementsFromPoint(box.left + box.width / 2, innerHeight / 2)
  return under.find((element): element is HTMLElement => element instanceof HTMLElement && element.dataset['row'] !== undefined) ?? null
}
