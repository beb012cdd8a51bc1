/** New words get times from the old ones of their paragraph: what stayed keeps its own, what replaced something shares the
 *  time of that, what was put in between takes some from its neighbour. Nothing outside the paragraph is moved. */
import type { Paragraph } from '@/backend/transcripts.ts'
import { extentOf } from './columns.ts'
import { commonPairs } from './common.ts'
import { atoms, chunks, type Extent, normalized } from './tokens.ts'
import { languageOf } from './words.ts'

/** Shorter than this nobody says a word. */
export const SHORTEST_MS = 40
/** What a character takes in calm speech. */
const UNHURRIED_MS = 80
const SURE = 100

/** A word of the new text, and which of the old ones it is. */
interface Word extends Extent {
  old: number | null
}

interface Timed {
  start: number
  end: number
}

/** `paragraph` with another text. `around`: where there is room for words, should the paragraph have none to share with; no
 *  new word begins after it, for there the next paragraph may have begun. */
export function realign(paragraph: Paragraph, text: string, around: Timed = { start: 0, end: Infinity }): Paragraph {
  if (text === paragraph.text) return paragraph
  const words = recognized(paragraph, text)
  const times = timed(paragraph, words, text, around)
  const conf = words.map(({ from, to, old }) => {
    const unchanged = old !== null && text.slice(from, to) === wordOf(paragraph, old)
    return unchanged ? (paragraph.conf[old] ?? null) : SURE
  })
  return {
    id: paragraph.id,
    speaker: paragraph.speaker,
    text,
    offsets: words.map(({ from }) => from),
    starts: times.map(({ start }) => start),
    durations: times.map(({ start, end }) => end - start),
    conf,
    edited: true,
    ...languageOf(paragraph),
  }
}

const wordOf = (paragraph: Paragraph, word: number): string => paragraph.text.slice(...extentOf(paragraph, word))

/** The words of the new text, with the old ones that are still there. */
function recognized(paragraph: Paragraph, text: string): Word[] {
  const olds: { word: number; key: string }[] = []
  const sizes: number[] = []
  paragraph.offsets.forEach((_, word) => {
    const written = wordOf(paragraph, word)
    const parts = atoms(written)
    sizes.push(parts.length)
    for (const { from, to } of parts) olds.push({ word, key: normalized(written.slice(from, to)) })
  })
  const news = tokens(text, wordsOfChunks(paragraph))
  const pairs = commonPairs(
    olds.map(({ key }) => key),
    news.map(({ from, to }) => normalized(text.slice(from, to))),
  )
  const words: Word[] = []
  for (let at = 0; at < news.length; at += 1) {
    const token = news[at]
    if (!token) continue
    const old = olds[pairs[at] ?? -1]
    const first = old !== undefined && olds[(pairs[at] ?? 0) - 1]?.word !== old.word
    const size = first ? (sizes[old.word] ?? 0) : 0
    const whole = size > 0 && runs(pairs, news, at, size)
    const last = whole ? news[at + size - 1] : undefined
    words.push(last && old ? { from: token.from, to: last.to, old: old.word } : { ...token, old: null })
    if (whole) at += size - 1
  }
  return words
}

/** Whether the `size` tokens from `at` on are the parts of one old word, with nothing between. */
function runs(pairs: readonly (number | null)[], news: readonly Extent[], at: number, size: number): boolean {
  const first = pairs[at] ?? -1
  for (let step = 1; step < size; step += 1) {
    if (pairs[at + step] !== first + step || news[at + step]?.from !== news[at + step - 1]?.to) return false
  }
  return true
}

/** Words that stand together without a space ("well", "-known"), by what they make: the new text is cut as the old was. */
function wordsOfChunks(paragraph: Paragraph): Map<string, number[]> {
  const cuts = new Map<string, number[]>()
  let word = 0
  for (const { from, to } of chunks(paragraph.text)) {
    const inside: number[] = []
    for (; (paragraph.offsets[word] ?? Infinity) < to; word += 1) {
      const offset = paragraph.offsets[word] ?? 0
      if (offset > from) inside.push(offset - from)
    }
    if (inside.length > 0) cuts.set(paragraph.text.slice(from, to), inside)
  }
  return cuts
}

function tokens(text: string, cuts: Map<string, number[]>): Extent[] {
  return chunks(text).flatMap(({ from, to }) => {
    const chunk = text.slice(from, to)
    const bounds = [0, ...(cuts.get(chunk) ?? []), chunk.length]
    return bounds.slice(1).flatMap((end, piece) => {
      const start = bounds[piece] ?? 0
      return atoms(chunk.slice(start, end)).map((atom) => ({ from: from + start + atom.from, to: from + start + atom.to }))
    })
  })
}

function timed(paragraph: Paragraph, words: readonly Word[], text: string, around: Timed): Timed[] {
  const olds = paragraph.starts.map((start, at) => ({ start, end: start + (paragraph.durations[at] ?? 0) }))
  const place = placeOf(olds, around)
  const lengths = words.map(({ from, to }) => text.slice(from, to).length)
  const times: Timed[] = []
  for (let at = 0; at < words.length; ) {
    const old = words[at]?.old ?? null
    const kept = old === null ? undefined : olds[old]
    if (kept) {
      const start = Math.max(kept.start, times.at(-1)?.start ?? 0)
      times.push({ start, end: Math.max(start, kept.end) })
      at += 1
      continue
    }
    const behind = words.findIndex((word, index) => index > at && word.old !== null)
    const count = (behind < 0 ? words.length : behind) - at
    const before = words[at - 1]?.old ?? -1
    const after = words[behind]?.old ?? olds.length
    const run = { lengths: lengths.slice(at, at + count), limit: olds[after]?.start ?? place.end }
    const lost = olds.slice(before + 1, after)
    const previous = times.pop()
    if (lost.length > 0) times.push(...(previous ? [previous] : []), ...replaced(run, lost, previous, place))
    else if (previous) times.push(...inserted(run, previous, lengths[at - 1] ?? 1))
    else times.push(...opening(run, olds[after], place, lengths[behind]))
    const next = words[behind]?.old
    const moved = !previous && lost.length === 0 && next !== undefined && next !== null
    if (moved) olds[next] = times.pop() ?? place
    at += count
  }
  return times
}

function placeOf(olds: readonly Timed[], around: Timed): Timed {
  const [first, last] = [olds[0], olds.at(-1)]
  if (!first || !last) return { start: around.start, end: Number.isFinite(around.end) ? around.end : around.start }
  const end = Math.max(...olds.map((old) => old.end))
  return { start: first.start, end: Math.min(end, Math.max(last.start, around.end)) }
}

interface Run {
  /** UTF-16 units of each word. */
  lengths: readonly number[]
  /** Where what follows begins. */
  limit: number
}

/** Words in the place of others have the time of those, and of the silence around when that is too short. */
function replaced({ lengths, limit }: Run, lost: readonly Timed[], previous: Timed | undefined, place: Timed): Timed[] {
  const need = SHORTEST_MS * lengths.length
  const begun = lost[0]?.start ?? place.start
  const over = Math.min(limit, Math.max(begun, ...lost.map(({ end }) => end)))
  const end = Math.max(over, Math.min(limit, begun + need))
  const free = previous ? Math.max(previous.start, Math.min(previous.end, begun)) : place.start
  return shares({ start: Math.min(begun, Math.max(free, end - need)), end }, lengths)
}

/** Words between others have the silence there or, where it is too short, some of the time of the word before. */
function inserted({ lengths, limit }: Run, previous: Timed, previousLength: number): Timed[] {
  const end = Math.max(limit, previous.start)
  const free = Math.max(previous.start, Math.min(previous.end, end))
  if (end - free < SHORTEST_MS * lengths.length) return shares({ start: previous.start, end }, [previousLength, ...lengths])
  const spoken = lengths.reduce((sum, length) => sum + Math.max(SHORTEST_MS, length * UNHURRIED_MS), 0)
  return [previous, ...shares({ start: free, end: Math.min(end, free + spoken) }, lengths)]
}

/** Words before the first have some of its time: the last of the answer is what is left for it. */
function opening({ lengths }: Run, first: Timed | undefined, place: Timed, firstLength = 1): Timed[] {
  return first ? shares(first, [...lengths, firstLength]) : shares(place, lengths)
}

/** The span in parts as long as the words are, none shorter than SHORTEST_MS where that is possible. */
export function shares({ start, end }: Timed, lengths: readonly number[]): Timed[] {
  const span = end - start
  const least = Math.min(SHORTEST_MS, Math.floor(span / lengths.length))
  const free = span - least * lengths.length
  const all = lengths.reduce((sum, length) => sum + length, 0)
  let sum = 0
  const bounds = lengths.map((length, at) => {
    sum += length
    return start + least * (at + 1) + Math.round((free * sum) / all)
  })
  return bounds.map((bound, at) => ({ start: bounds[at - 1] ?? start, end: bound }))
}
