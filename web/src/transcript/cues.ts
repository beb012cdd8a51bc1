/** The subtitles that the server made of a text, and what a decision changes of them until it makes them anew. */
import type { WordAt } from '@/backend/caption_operations.ts'
import type { Cues } from '@/backend/transcripts.ts'

/** Index of the cue that is shown at `ms`, or -1. */
export function cueAt(cues: Pick<Cues, 'starts' | 'ends'>, ms: number): number {
  const at = lastCueAt(cues, ms)
  return at >= 0 && ms < (cues.ends[at] ?? 0) ? at : -1
}

/** Index of the last cue that has begun at `ms`, or -1. */
export function lastCueAt({ starts }: Pick<Cues, 'starts'>, ms: number): number {
  let [low, high] = [0, starts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= ms) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** How fast and how wide a cue is. */
export function measured(start: number, end: number, text: string): { perSecond: number; widest: number } {
  const lines = text.split('\n').map((line) => Array.from(line).length)
  const seconds = Math.max(1, end - start) / 1000
  return { perSecond: Math.ceil(lines.reduce((sum, one) => sum + one, 0) / seconds), widest: Math.max(0, ...lines) }
}

export type OwnOf = Cues['own'][number]

/** One of the cues, as rows and operations need it. */
export interface CueRow {
  start: number
  end: number
  text: string
  /** Its first and last word; null: it is made of no words of the text. */
  span: { first: WordAt; last: WordAt } | null
  own: OwnOf | null
  pins: { start: boolean; end: boolean }
  place: { position: string | null; align: string | null }
}

/** Undefined behind the last. */
export function rowOf(cues: Cues, cue: number): CueRow | undefined {
  const [start, end, text] = [cues.starts[cue], cues.ends[cue], cues.texts[cue]]
  if (start === undefined || end === undefined || text === undefined) return undefined
  const [word, last] = [cues.words[cue] ?? null, cues.last_words[cue] ?? null]
  const span = word === null || last === null ? null : { first: [cues.paragraphs[cue] ?? '', word] as WordAt, last: [cues.last_paragraphs[cue] ?? '', last] as WordAt }
  const pins = cues.pins.find((one) => one.cue === cue) ?? { start: false, end: false }
  const place = cues.places.find((one) => one.cue === cue) ?? { position: null, align: null }
  return { start, end, text, span, own: cues.own.find((one) => one.cue === cue) ?? null, pins, place }
}

/** `count` cues from `at` on are these; what is known of those behind stays, and of these only what they say. */
export function replaceCues(cues: Cues, at: number, count: number, rows: readonly CueRow[]): Cues {
  const by = rows.length - count
  const moved = <T extends { cue: number }>(list: readonly T[]): T[] =>
    list.flatMap((one) => (one.cue < at ? [one] : one.cue < at + count ? [] : [{ ...one, cue: one.cue + by }]))
  const told = <T extends object>(of: (row: CueRow) => T | null): (T & { cue: number })[] =>
    rows.flatMap((row, index) => {
      const one = of(row)
      return one ? [{ ...one, cue: at + index }] : []
    })
  const column = <T>(list: readonly T[], of: (row: CueRow) => T): T[] => list.toSpliced(at, count, ...rows.map(of))
  const beside = cues.paragraphs[at] ?? cues.paragraphs.at(-1) ?? ''
  return {
    ...cues,
    starts: column(cues.starts, ({ start }) => start),
    ends: column(cues.ends, ({ end }) => end),
    texts: column(cues.texts, ({ text }) => text),
    paragraphs: column(cues.paragraphs, ({ span }) => span?.first[0] ?? beside),
    words: column(cues.words, ({ span }) => span?.first[1] ?? null),
    last_paragraphs: column(cues.last_paragraphs, ({ span }) => span?.last[0] ?? beside),
    last_words: column(cues.last_words, ({ span }) => span?.last[1] ?? null),
    pins: sorted([...moved(cues.pins), ...told(({ pins }) => (pins.start || pins.end ? pins : null))]),
    places: sorted([...moved(cues.places), ...told(({ place }) => (place.position || place.align ? place : null))]),
    own: sorted([...moved(cues.own), ...told(({ own }) => own)]),
    violations: moved(cues.violations),
    warnings: moved(cues.warnings),
  }
}

const sorted = <T extends { cue: number }>(list: T[]): T[] => list.sort((one, other) => one.cue - other.cue)

/** The paragraph has `by` words more, or fewer, in cue `cue`. */
export function withWords(cues: Cues, cue: number, paragraph: string, by: number): Cues {
  const shifted = (column: readonly (number | null)[], of: readonly string[], from: number) =>
    by === 0 ? [...column] : column.map((word, at) => (at >= from && word !== null && of[at] === paragraph ? word + by : word))
  return { ...cues, words: shifted(cues.words, cues.paragraphs, cue + 1), last_words: shifted(cues.last_words, cues.last_paragraphs, cue) }
}

/** The cue in which a word is: `order` gives the place of a paragraph in the text. -1 where there is none. */
export function cueOfWord(cues: Cues, [paragraph, word]: WordAt, order: (paragraph: string) => number): number {
  const place = order(paragraph)
  return cues.words.findLastIndex((first, cue) => {
    if (first === null) return false
    const at = order(cues.paragraphs[cue] ?? '')
    return at < place || (at === place && first <= word)
  })
}
