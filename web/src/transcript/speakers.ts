/** Who speaks: as the paragraphs say, with the names that people gave. */
import type { Paragraph } from './columns.ts'
import type { TranscriptDocument } from './document.ts'
import { spanOf } from './words.ts'

export interface Speaker {
  label: string
  /** The label itself, where nobody gave a name. */
  name: string
  paragraphs: number
  spokenMs: number
  /** A place where they are heard for a while. */
  sample: Paragraph
}

/** In the order of their labels, so that number keys keep their meaning when paragraphs change hands. */
export function speakersOf({ paragraphs, speakers }: TranscriptDocument): Speaker[] {
  const found = new Map<string, Speaker>()
  const lengthOf = (paragraph: Paragraph): number => {
    const span = spanOf(paragraph)
    return span ? span.end - span.start : 0
  }
  for (const paragraph of paragraphs) {
    const label = paragraph.speaker
    if (label === null) continue
    const known = found.get(label) ?? { label, name: speakers[label] ?? label, paragraphs: 0, spokenMs: 0, sample: paragraph }
    known.paragraphs += 1
    known.spokenMs += lengthOf(paragraph)
    if (lengthOf(paragraph) > lengthOf(known.sample)) known.sample = paragraph
    found.set(label, known)
  }
  return [...found.values()].sort((one, other) => one.label.localeCompare(other.label, 'en', { numeric: true }))
}

/** A label that nobody has yet, in the machine's manner. */
export function freeLabel({ paragraphs, speakers }: TranscriptDocument): string {
  const taken = new Set([...Object.keys(speakers), ...paragraphs.map(({ speaker }) => speaker)])
  let number = 1
  while (taken.has(`Speaker ${number}`)) number += 1
  return `Speaker ${number}`
}
