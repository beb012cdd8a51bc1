/** Marks words without an element of their own: a hundred thousand spans would take seconds, and VoiceOver would read
 *  word by word. https://www.w3.org/TR/css-highlight-api-1/ */
import type { Found, Paragraph, Place } from '@/transcript/columns.ts'
import { extentOf } from '@/transcript/columns.ts'

type Name = 'spoken' | 'doubtful' | 'found'

const PRIORITY: Record<Name, number> = { doubtful: 0, found: 1, spoken: 2 }

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

/** Static ranges cost nothing when the text around them changes. */
export function rangeOfWord(root: HTMLElement, paragraphs: readonly Paragraph[], place: Place): StaticRange | null {
  const paragraph = paragraphs[place.paragraph]
  if (!paragraph) return null
  const [from, to] = extentOf(paragraph, place.word)
  return rangeOf(root, { paragraph: place.paragraph, from, to })
}

export function rangeOf(root: HTMLElement, { paragraph, from, to }: Found): StaticRange | null {
  const node = textElement(root, paragraph)?.firstChild
  if (!(node instanceof Text) || to > node.length) return null
  return new StaticRange({ startContainer: node, startOffset: from, endContainer: node, endOffset: to })
}

export const textElement = (root: HTMLElement, paragraph: number): HTMLElement | null =>
  root.querySelector<HTMLElement>(`[data-text="${paragraph}"]`)

/** The paragraph and the character in it under a pointer. */
export function characterAt(root: HTMLElement, x: number, y: number): { paragraph: number; offset: number } | null {
  const caret = caretAt(x, y)
  const element = caret?.node.parentElement
  const index = element?.dataset['text']
  if (!caret || !element || index === undefined || !root.contains(element)) return null
  return { paragraph: Number(index), offset: caret.offset }
}

function caretAt(x: number, y: number): { node: Node; offset: number } | null {
  const modern = (document as Partial<Pick<Document, 'caretPositionFromPoint'>>).caretPositionFromPoint
  if (modern) {
    const caret = modern.call(document, x, y)
    return caret && { node: caret.offsetNode, offset: caret.offset }
  }
  // Safari before 18.4
  const range = (document as { caretRangeFromPoint?: (x: number, y: number) => Range | null }).caretRangeFromPoint?.(x, y)
  return range ? { node: range.startContainer, offset: range.startOffset } : null
}
