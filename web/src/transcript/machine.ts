/** Which words of the machine's text belong to a paragraph that people have changed, split or joined. */
import type { Paragraph } from '@/backend/transcripts.ts'
import { spanOf, together, type Word, wordsOf } from './words.ts'

/** Those spoken in its time. In the silence before and behind it, those that were not in its neighbours from the start. */
export function machineWords(paragraphs: readonly Paragraph[], at: number, machine: readonly Paragraph[]): Word[] {
  const spoken = ({ starts }: Paragraph): boolean => starts.length > 0
  const here = paragraphs[at]
  const before = paragraphs.slice(0, at).findLast(spoken)
  const behind = paragraphs.slice(at + 1).find(spoken)
  const span = here && spanOf(here)
  if (!span) return []
  const from = Math.min(span.start, (before && spanOf(before)?.end) ?? 0)
  const to = behind?.starts[0] ?? Infinity
  return machine.reduce<Word[]>((found, paragraph) => {
    if ((spanOf(paragraph)?.end ?? 0) < from || (paragraph.starts[0] ?? 0) >= to) return found
    const words = wordsOf(paragraph).filter(({ start }) => {
      if (start < from || start >= to) return false
      if (start < span.start) return paragraph.id !== before?.id
      return start < span.end || paragraph.id !== behind?.id
    })
    return together(found, words)
  }, [])
}
