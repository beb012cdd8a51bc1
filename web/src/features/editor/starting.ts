/** Where writing begins: at the word that one is at, else at the row that has the focus, or the one in the middle of the
 *  view, or the first. */
import type { ChosenWord } from '../chosen_word.ts'
import type { Editing } from './editing.ts'

export function startWriting(editing: Editing, text: HTMLElement | null, chosen: ChosenWord | null): void {
  editing.turn(true)
  const row = focusedRow(text) ?? rowInView(text) ?? text?.querySelector<HTMLElement>('[data-row]')
  const id = row?.dataset['row']
  if (chosen && (focusedRow(text) === null || id === chosen.id)) editing.write(chosen.id, chosen.from, chosen.to)
  else if (id !== undefined) editing.write(id, 0)
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
