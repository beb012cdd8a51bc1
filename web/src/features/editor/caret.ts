/** The caret in an element of plain text, in UTF-16 units of the text. */

export type Field = HTMLElement | HTMLTextAreaElement

const isArea = (field: Field): field is HTMLTextAreaElement => field instanceof HTMLTextAreaElement

export const textOf = (field: Field): string => (isArea(field) ? field.value : field.textContent)

export function setText(field: Field, text: string): void {
  if (isArea(field)) field.value = text
  else field.textContent = text
}

/** [from, to) of what is selected; null when the selection is elsewhere. */
export function selected(field: Field): [number, number] | null {
  if (isArea(field)) return [field.selectionStart, field.selectionEnd]
  const selection = document.getSelection()
  if (!selection || selection.rangeCount === 0) return null
  const range = selection.getRangeAt(0)
  if (!field.contains(range.commonAncestorContainer)) return null
  return [offsetOf(field, range.startContainer, range.startOffset), offsetOf(field, range.endContainer, range.endOffset)]
}

/** At a place, or around the text from there to `until`. */
export function putCaret(field: Field, at: number, until = at): void {
  const [from, to] = [at, until].map((place) => Math.max(0, Math.min(place, textOf(field).length))) as [number, number]
  if (isArea(field)) return field.setSelectionRange(from, to)
  const node = field.firstChild
  if (node instanceof Text) document.getSelection()?.setBaseAndExtent(node, from, node, to)
  else document.getSelection()?.collapse(field, 0)
}

/** Whether there is no line above the caret, or none below it. */
export function onEdgeLine(field: Field, side: 'first' | 'last'): boolean {
  const at = selected(field)
  if (!at || at[0] !== at[1]) return false
  // A text area tells nobody where its lines are.
  if (isArea(field)) return side === 'first' ? at[0] === 0 : at[0] === field.value.length
  const caret = caretBox(field)
  const box = field.getBoundingClientRect()
  if (!caret) return true
  return side === 'first' ? caret.top - box.top < caret.height : box.bottom - caret.bottom < caret.height
}

function caretBox(field: HTMLElement): DOMRect | null {
  const range = document.getSelection()?.getRangeAt(0).cloneRange()
  if (!range || field.firstChild === null) return null
  const [box] = range.getClientRects()
  return box ?? null
}

/** More than one text node, or a <br> of the browser's own, may stand in it while it is written in. */
function offsetOf(field: HTMLElement, container: Node, offset: number): number {
  const before = document.createRange()
  before.selectNodeContents(field)
  before.setEnd(container, offset)
  return before.toString().length
}

let plainText: boolean | undefined

/** Whether an element can be written in without its becoming rich text: Chrome, Safari, Firefox from 136 on. */
export function canWritePlainText(): boolean {
  plainText ??= asksForPlainText(document.createElement('p'))
  return plainText
}

export function asksForPlainText(element: Pick<HTMLElement, 'contentEditable'>): boolean {
  try {
    element.contentEditable = 'plaintext-only'
    return element.contentEditable === 'plaintext-only'
  } catch {
    return false
  }
}
