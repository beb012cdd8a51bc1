/** What follows from a paragraph alone is found once: while somebody types, one paragraph of thousands is another. */
import type { Paragraph } from '@/backend/transcripts.ts'

export function oncePerParagraph<T>(find: (paragraph: Paragraph) => T): (paragraph: Paragraph) => T {
  const known = new WeakMap<Paragraph, { found: T }>()
  return (paragraph) => {
    let entry = known.get(paragraph)
    if (!entry) known.set(paragraph, (entry = { found: find(paragraph) }))
    return entry.found
  }
}
