import type { KeyboardEvent } from 'react'

/** One tab stop for the whole text; the arrows go from paragraph to paragraph. */
export function moveAlong(event: KeyboardEvent, root: HTMLElement | null): void {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
  const button = (event.target as HTMLElement).closest<HTMLButtonElement>('[data-row] > button')
  if (!step || !button || !root || event.altKey || event.ctrlKey || event.metaKey) return
  let row = neighbour(button.closest<HTMLElement>('[data-row]'), step)
  while (row?.hidden) row = neighbour(row, step)
  if (!row) return
  event.preventDefault()
  focusRow(root, row)
}

/** Gives the tab stop, and the focus, to a row. */
export function focusRow(root: HTMLElement, row: HTMLElement, options?: FocusOptions): void {
  const goal = row.querySelector<HTMLButtonElement>(':scope > button')
  if (!goal) return
  for (const former of root.querySelectorAll<HTMLButtonElement>('[data-row] > button[tabindex="0"]')) former.tabIndex = -1
  goal.tabIndex = 0
  goal.focus(options)
}

/** One of the rows that are shown has the tab stop, whichever are shown. */
export function keepTabStop(root: HTMLElement): void {
  const buttons = [...root.querySelectorAll<HTMLButtonElement>('[data-row]:not([hidden]) > button')]
  if (buttons.some(({ tabIndex }) => tabIndex === 0)) return
  const [first] = buttons
  if (first) first.tabIndex = 0
}

function neighbour(row: HTMLElement | null, step: number): HTMLElement | null {
  const beside = (element: Element | null | undefined): Element | null =>
    (step > 0 ? element?.nextElementSibling : element?.previousElementSibling) ?? null
  const inGroup = beside(row)
  if (inGroup instanceof HTMLElement) return inGroup
  const group = beside(row?.parentElement)
  const rows = group?.querySelectorAll<HTMLElement>('[data-row]')
  return rows?.[step > 0 ? 0 : rows.length - 1] ?? null
}
