/** Where something is said. */
import type { Paragraph } from '@/backend/transcripts.ts'
import { oncePerParagraph } from './each.ts'
import { spanOf } from './words.ts'

const PAUSE_MS = 700

export interface Span {
  from: number
  to: number
}

/** Where words are said, without the pauses between them that one would hear. */
export function spokenSpans({ starts, durations }: Pick<Paragraph, 'starts' | 'durations'>): Span[] {
  const spans: Span[] = []
  for (const [word, from] of starts.entries()) {
    const to = from + (durations[word] ?? 0)
    const last = spans.at(-1)
    if (last && from - last.to < PAUSE_MS) last.to = Math.max(last.to, to)
    else spans.push({ from, to })
  }
  return spans
}

export const spansOf = oncePerParagraph(spokenSpans)

/** For how long somebody speaks in it. */
export const spokenMsOf = oncePerParagraph((paragraph) => spansOf(paragraph).reduce((sum, { from, to }) => sum + to - from, 0))

/** The ids of paragraphs in which two speak at once. `overlaps` are in order and apart from each other. */
export function together(paragraphs: readonly Paragraph[], overlaps: readonly Span[]): ReadonlySet<string> {
  const found = new Set<string>()
  if (overlaps.length === 0) return found
  for (const paragraph of paragraphs) {
    const span = spanOf(paragraph)
    if (span && endingBehind(overlaps, span.start) < span.end) found.add(paragraph.id)
  }
  return found
}

/** Where the first of the spans begins that ends behind `ms`. */
function endingBehind(spans: readonly Span[], ms: number): number {
  let [low, high] = [0, spans.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((spans[middle]?.to ?? 0) <= ms) low = middle + 1
    else high = middle
  }
  return spans[low]?.from ?? Infinity
}
