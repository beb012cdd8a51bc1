/** A transcript in columns (aisubs/formats/columnar.py), and how to find one's way in it. */
import * as v from 'valibot'
import { Paragraph } from '@/backend/transcripts.ts'
import { oncePerParagraph } from './each.ts'

export type { Paragraph }

const Columns = v.object({
  schema: v.literal('aisubs-columns/1'),
  title: v.string(),
  duration_ms: v.number(),
  language: v.nullable(v.string()),
  paragraphs: v.array(Paragraph),
})
export type Columns = v.InferOutput<typeof Columns>

export interface Place {
  paragraph: number
  word: number
}

/** Throws for what is not of this form. */
export function parseColumns(json: string): Columns {
  return v.parse(Columns, JSON.parse(json))
}

/** The last word that has begun at `ms`, or null before the first one. */
export function wordAt(paragraphs: readonly Paragraph[], ms: number): Place | null {
  const paragraph = lastNotAfter(paragraphs.length, (at) => startOf(paragraphs, at), ms)
  const starts = paragraphs[paragraph]?.starts
  if (!starts) return null
  return { paragraph, word: Math.max(0, lastNotAfter(starts.length, (at) => starts[at] ?? 0, ms)) }
}

/** [from, to) of a word in its paragraph, without the space behind it. */
export function extentOf(paragraph: Paragraph, word: number): [number, number] {
  const from = paragraph.offsets[word] ?? 0
  const raw = paragraph.text.slice(from, paragraph.offsets[word + 1] ?? paragraph.text.length)
  return [from, from + raw.trimEnd().length]
}

/** The word in which the character at `offset` stands. */
export function wordOfOffset(paragraph: Paragraph, offset: number): number {
  return Math.max(0, lastNotAfter(paragraph.offsets.length, (at) => paragraph.offsets[at] ?? 0, offset))
}

export const startOf = (paragraphs: readonly Paragraph[], at: number): number => paragraphs[at]?.starts[0] ?? 0

export const DOUBTFUL_BELOW = 50

export const doubtfulIn = oncePerParagraph(({ conf }): readonly number[] =>
  conf.flatMap((percent, word) => (percent !== null && percent < DOUBTFUL_BELOW ? [word] : [])),
)

export function doubtfulWords(paragraphs: readonly Paragraph[]): Place[] {
  const places: Place[] = []
  paragraphs.forEach((one, paragraph) => {
    for (const word of doubtfulIn(one)) places.push({ paragraph, word })
  })
  return places
}

export interface Found {
  paragraph: number
  from: number
  to: number
}

/** Every place of `text`, whatever its case. */
export function find(paragraphs: readonly Paragraph[], text: string): Found[] {
  const wanted = text.trim().toLowerCase()
  if (!wanted) return []
  return paragraphs.flatMap((paragraph, index) => {
    const places: Found[] = []
    // Lower case may be longer than upper (İ): then offsets would be off, and the paragraph is searched as it is.
    const lower = paragraph.text.toLowerCase()
    const hay = lower.length === paragraph.text.length ? lower : paragraph.text
    for (let at = hay.indexOf(wanted); at >= 0; at = hay.indexOf(wanted, at + wanted.length)) {
      places.push({ paragraph: index, from: at, to: at + wanted.length })
    }
    return places
  })
}

/** Index of the last of `count` rising values that is not after `value`; -1 when all are. */
function lastNotAfter(count: number, valueAt: (at: number) => number, value: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (valueAt(middle) <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}
