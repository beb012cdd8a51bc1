/** The words of a cue as a field holds them: its lines, without what names a speaker. */
import type { WordAt } from '@/backend/caption_operations.ts'
import type { Paragraph } from '@/backend/transcripts.ts'
import { extentOf, wordOfOffset } from './columns.ts'

/** What a paragraph has in a cue: UTF-16 units [from, to) of its text. */
export interface Part {
  paragraph: Paragraph
  from: number
  to: number
}

export function partsOf(paragraphs: readonly Paragraph[], { first, last }: { first: WordAt; last: WordAt }): Part[] {
  const [begin, end] = [first, last].map(([id]) => paragraphs.findIndex((paragraph) => paragraph.id === id)) as [number, number]
  if (begin < 0 || end < 0) return []
  return paragraphs.slice(begin, end + 1).flatMap((paragraph, at): Part[] => {
    const words = paragraph.offsets.length
    const [one, other] = [at === 0 ? first[1] : 0, begin + at === end ? Math.min(last[1], words - 1) : words - 1]
    return one > other ? [] : [{ paragraph, from: extentOf(paragraph, one)[0], to: extentOf(paragraph, other)[1] }]
  })
}

const textOf = ({ paragraph, from, to }: Part): string => paragraph.text.slice(from, to)

/** On one line: paragraphs with a space between. */
export const flatText = (parts: readonly Part[]): string => parts.map(textOf).join(' ')

export interface Line {
  /** What stands before the words: a name, a dash. */
  prefix: string
  text: string
}

/** The words in the lines that are shown. Where these hold other words, all is one line. */
export function linesOf(parts: readonly Part[], shown: string): Line[] {
  const flat = flatText(parts)
  const lines: Line[] = []
  let at = 0
  for (const line of shown.split('\n')) {
    const found = lineAt(flat, at, line)
    if (!found) return [{ prefix: '', text: flat }]
    lines.push({ prefix: line.slice(0, found.prefix), text: flat.slice(at, found.to).trim() })
    at = found.to
  }
  return flat.slice(at).trim() === '' ? lines : [{ prefix: '', text: flat }]
}

/** Up to where `line` goes on from `at`, beside as little as possible at its beginning. */
function lineAt(flat: string, at: number, line: string): { prefix: number; to: number } | null {
  for (let prefix = 0; prefix < line.length; prefix += 1) {
    const to = read(flat, at, line.slice(prefix))
    if (to !== null && (prefix === 0 || /\s$/.test(line.slice(0, prefix)))) return { prefix, to }
  }
  return null
}

/** Behind the characters of `wanted`, white space aside; null where others stand. */
function read(flat: string, from: number, wanted: string): number | null {
  let at = from
  for (const character of wanted.replace(/\s+/gu, '')) {
    while (/\s/u.test(flat.charAt(at))) at += 1
    if (!flat.startsWith(character, at)) return null
    at += character.length
  }
  return at
}

/** The same place on one line as in lines: a line's end is a space. */
export const flattened = (value: string): string => value.replaceAll('\n', ' ')

/** Behind so many characters that are no white space: the same place, however lines and spaces stand. */
export function placeBehind(text: string, characters: number): number {
  let left = characters
  for (let at = 0; at < text.length; at += 1) {
    if (/\s/u.test(text.charAt(at))) continue
    if (left === 0) return at
    left -= 1
  }
  return text.length
}

/** How many characters that are no white space stand before a place. */
export const charactersBefore = (text: string, place: number): number => text.slice(0, place).replace(/\s+/gu, '').length

/** Another text in the place of the words of a cue: what becomes of its paragraphs. A change at a border belongs to the
 *  paragraph before it. */
export function rewrittenParts(parts: readonly Part[], wanted: string): { id: string; text: string }[] {
  const former = flatText(parts)
  const most = Math.min(former.length, wanted.length)
  let head = 0
  while (head < most && former[head] === wanted[head]) head += 1
  let tail = 0
  while (tail < most - head && former.at(-1 - tail) === wanted.at(-1 - tail)) tail += 1
  const [until, put] = [former.length - tail, wanted.slice(head, wanted.length - tail)]
  let begin = 0
  let done = false
  return parts.flatMap((part) => {
    const text = textOf(part)
    const [from, to] = [begin, begin + text.length]
    begin = to + 1
    const [cutFrom, cutTo] = [Math.max(from, head), Math.min(to, until)]
    const takes = !done && head <= to
    if (takes) done = true
    if (cutFrom >= cutTo && !(takes && put)) return []
    const [at, end] = cutFrom > cutTo ? [Math.min(head, to) - from, Math.min(head, to) - from] : [cutFrom - from, cutTo - from]
    const fresh = text.slice(0, at) + (takes ? put : '') + text.slice(Math.max(at, end))
    return [{ id: part.paragraph.id, text: part.paragraph.text.slice(0, part.from) + fresh + part.paragraph.text.slice(part.to) }]
  })
}

/** The word at a place of the flat text, and how far into it: [id of the paragraph, index], UTF-16 units. */
export function wordAtPlace(parts: readonly Part[], place: number): { word: WordAt; inside: number } | null {
  let begin = 0
  for (const part of parts) {
    const length = part.to - part.from
    if (place <= begin + length || part === parts.at(-1)) {
      const offset = part.from + Math.max(0, Math.min(place - begin, length))
      const index = wordOfOffset(part.paragraph, offset)
      return { word: [part.paragraph.id, index], inside: offset - (part.paragraph.offsets[index] ?? 0) }
    }
    begin += length + 1
  }
  return null
}

/** The first word that does not begin before a place of the flat text. */
export function wordFrom(parts: readonly Part[], place: number): WordAt | null {
  let begin = 0
  for (const { paragraph, from, to } of parts) {
    const index = paragraph.offsets.findIndex((offset) => offset >= from && offset < to && begin + offset - from >= place)
    if (index >= 0) return [paragraph.id, index]
    begin += to - from + 1
  }
  return null
}

/** Where in the flat text a word begins; null: it is not in these parts. */
export function placeOf(parts: readonly Part[], [id, index]: WordAt): number | null {
  let begin = 0
  for (const { paragraph, from, to } of parts) {
    const offset = paragraph.offsets[index]
    if (paragraph.id === id && offset !== undefined && offset >= from && offset < to) return begin + offset - from
    begin += to - from + 1
  }
  return null
}
