/** Who speaks: as the paragraphs say, with the names that people gave. */
import type { Paragraph } from './columns.ts'
import type { TranscriptDocument } from './document.ts'
import { spokenMsOf } from './spans.ts'

export interface Speaker {
  label: string
  /** The label itself, where nobody gave a name. */
  name: string
  paragraphs: number
  spokenMs: number
  /** Of all that is spoken by somebody who is known, 0 to 1. */
  share: number
  /** A place where they are heard for a while. */
  sample: Paragraph
}

/** In the order of their labels, so that number keys keep their meaning when paragraphs change hands. */
export function speakersOf({ paragraphs, speakers }: Pick<TranscriptDocument, 'paragraphs' | 'speakers'>): Speaker[] {
  const found = new Map<string, Speaker>()
  let all = 0
  for (const paragraph of paragraphs) {
    const label = paragraph.speaker
    if (label === null) continue
    const known = found.get(label) ?? { label, name: speakers[label] ?? label, paragraphs: 0, spokenMs: 0, share: 0, sample: paragraph }
    const spoken = spokenMsOf(paragraph)
    known.paragraphs += 1
    known.spokenMs += spoken
    all += spoken
    if (spoken > spokenMsOf(known.sample)) known.sample = paragraph
    found.set(label, known)
  }
  for (const speaker of found.values()) speaker.share = all > 0 ? speaker.spokenMs / all : 0
  return [...found.values()].sort((one, other) => one.label.localeCompare(other.label, 'en', { numeric: true }))
}

/** A label that nobody has yet, in the machine's manner. */
export function freeLabel({ paragraphs, speakers }: TranscriptDocument): string {
  const taken = new Set([...Object.keys(speakers), ...paragraphs.map(({ speaker }) => speaker)])
  let number = 1
  while (taken.has(`Speaker ${number}`)) number += 1
  return `Speaker ${number}`
}

/** How far "this is really Anna" goes: the paragraph, all until the speaker changes, or all of this speaker from it on. */
export const REACHES = ['paragraph', 'turn', 'onwards'] as const
export type Reach = (typeof REACHES)[number]

/** The paragraphs that a change of the speaker of one of them is meant for. */
export function reached(paragraphs: readonly Paragraph[], id: string, reach: Reach): string[] {
  const at = paragraphs.findIndex((paragraph) => paragraph.id === id)
  const rest = at < 0 ? [] : paragraphs.slice(at, reach === 'paragraph' ? at + 1 : undefined)
  const speaker = rest[0]?.speaker ?? null
  const change = reach === 'turn' ? rest.findIndex((paragraph) => paragraph.speaker !== speaker) : -1
  return rest
    .slice(0, change < 0 ? undefined : change)
    .filter((paragraph) => paragraph.speaker === speaker)
    .map((paragraph) => paragraph.id)
}

/** Where a speaker begins to speak next, or began last (-1), seen from a paragraph; null where that is nowhere. */
export function turnFrom(paragraphs: readonly Paragraph[], from: number, label: string, step: 1 | -1): number | null {
  const begins = (at: number): boolean => paragraphs[at]?.speaker === label && paragraphs[at - 1]?.speaker !== label
  for (let at = from + step; at >= 0 && at < paragraphs.length; at += step) if (begins(at)) return at
  return null
}
