/** Marks words without an element of their own: a hundred thousand spans would take seconds, and VoiceOver would read
 *  word by word. https://www.w3.org/TR/css-highlight-api-1/ */
import { extentOf, type Paragraph } from '@/transcript/columns.ts'

type Name = 'spoken' | 'doubtful' | 'found' | 'match' | 'hovered'

const PRIORITY: Record<Name, number> = { hovered: 0, doubtful: 1, found: 2, match: 3, spoken: 4 }

/** False in browsers that cannot; the paragraph then carries a bar instead. */
export const canHighlight = (): boolean => typeof CSS !== 'undefined' && 'highlights' in CSS && typeof Highlight === 'function'

export function mark(name: Name, ranges: readonly AbstractRange[]): void {
  if (!canHighlight()) return
  const highlight = new Highlight(...ranges)
  highlight.priority = PRIORITY[name]
  CSS.highlights.set(name, highlight)
}

export function unmarkAll(): void {
  if (canHighlight()) for (const name of Object.keys(PRIORITY)) CSS.highlights.delete(name)
}

export const TEXT_ID = 'text-'

/** The element that holds a paragraph's text. By id, which browsers index: an attribute would be searched for. */
export const textElement = (paragraphId: string): HTMLElement | null => document.getElementById(TEXT_ID + paragraphId)

export const rowElement = (paragraphId: string): HTMLElement | null =>
  textElement(paragraphId)?.closest<HTMLElement>('[data-row]') ?? null

/** Static ranges cost nothing when the text around them changes. Null while the paragraph shows another text. */
export function rangeOfWord(paragraph: Paragraph, word: number): StaticRange | null {
  const [from, to] = extentOf(paragraph, word)
  return rangeIn(paragraph.id, from, to)
}

export function rangeIn(paragraphId: string, from: number, to: number): StaticRange | null {
  const node = textElement(paragraphId)?.firstChild
  if (!(node instanceof Text) || to > node.length) return null
  return new StaticRange({ startContainer: node, startOffset: from, endContainer: node, endOffset: to })
}

/** Where a range is on the screen; its element where it has no box of its own. */
export function boxOf(paragraphId: string, range: StaticRange | null): DOMRect | null {
  if (!range) return textElement(paragraphId)?.getBoundingClientRect() ?? null
  const live = document.createRange()
  live.setStart(range.startContainer, range.startOffset)
  live.setEnd(range.endContainer, range.endOffset)
  return live.getBoundingClientRect()
}

/** The paragraph and the character in it under a pointer. */
export function characterAt(x: number, y: number): { paragraphId: string; offset: number } | null {
  const caret = caretAt(x, y)
  const element = caret?.node.parentElement
  const paragraphId = element?.dataset['text']
  return caret && paragraphId !== undefined ? { paragraphId, offset: caret.offset } : null
}

export function caretAt(x: number, y: number): { node: Node; offset: number } | null {
  const modern = (document as Partial<Pick<Document, 'caretPositionFromPoint'>>).caretPositionFromPoint
  if (modern) {
    const caret = modern.call(document, x, y)
    return caret && { node: caret.offsetNode, offset: caret.offset }
  }
  // Safari before 18.4
  const range = (document as { caretRangeFromPoint?: (x: number, y: number) => Range | null }).caretRangeFromPoint?.(x, y)
  return range ? { node: range.startContainer, offset: range.startOffset } : null
}
