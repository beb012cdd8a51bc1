/** Where something is said. */
import type { Paragraph } from '@/backend/transcripts.ts'
import { oncePerParagraph } from './each.ts'

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
