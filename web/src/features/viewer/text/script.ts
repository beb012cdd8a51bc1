/** What the screen shows: the paragraphs, and where each of them stands. */
import type { TranscriptBody } from '@/backend/transcripts.ts'
import type { Paragraph } from '@/transcript/columns.ts'
import { type Span, together } from '@/transcript/spans.ts'

export interface Script {
  paragraphs: readonly Paragraph[]
  /** Place of a paragraph by its id. */
  at: ReadonlyMap<string, number>
  /** Names that people gave to speakers' labels. */
  speakers: Readonly<Record<string, string>>
  /** Ids of paragraphs in which two speak at once. */
  together: ReadonlySet<string>
}

export function scriptOf(
  { paragraphs, speakers }: Pick<TranscriptBody, 'speakers'> & { paragraphs: readonly Paragraph[] },
  overlaps: readonly Span[] = [],
): Script {
  return { paragraphs, speakers, together: together(paragraphs, overlaps), at: new Map(paragraphs.map(({ id }, index) => [id, index])) }
}

export const nameOf = ({ speakers }: Script, label: string | null): string | null =>
  label === null ? null : (speakers[label] ?? label)

const FULL = 20
const OVERFULL = 40

/** Runs of paragraphs that are drawn together, by the id of the first. `starters`, those of the last time, keep their
 *  place, so that a paragraph put in between moves no other to another group. */
export function groupsOf(paragraphs: readonly Paragraph[], starters: ReadonlySet<string>): Map<string, Paragraph[]> {
  const groups = new Map<string, Paragraph[]>()
  const last = paragraphs.findLast(({ id }) => starters.has(id))?.id
  let group: Paragraph[] = []
  let most = 0
  for (const paragraph of paragraphs) {
    const { id } = paragraph
    const known = starters.has(id)
    if (known || group.length >= most) {
      group = []
      groups.set(id, group)
      // The last one ends where it did: what is heard next begins others.
      most = known && id !== last ? OVERFULL : FULL
    }
    group.push(paragraph)
  }
  return groups
}
