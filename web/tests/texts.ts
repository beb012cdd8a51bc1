/** Made-up paragraphs, the same for the same seed. */
import type { Paragraph } from '@/transcript/columns.ts'

/** mulberry32: a small generator whose numbers follow from the seed alone. */
export function seeded(seed: number): () => number {
  let state = seed + 0x9e3779b9
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Shape {
  from?: number
  every: number
  lasting: number
  /** Places of words that have no space before them. */
  glued?: readonly number[]
  speaker?: string | null
}

export function paragraphFrom(id: string, words: readonly string[], { from = 0, every, lasting, glued = [], speaker = null }: Shape): Paragraph {
  let text = ''
  const offsets = words.map((word, at) => {
    if (at > 0 && !glued.includes(at)) text += ' '
    const offset = text.length
    text += word
    return offset
  })
  const starts = words.map((_, at) => from + at * every)
  return { id, speaker, text, offsets, starts, durations: words.map(() => lasting), conf: words.map(() => 90) }
}

const LATIN = ['we', 'the', 'budget', 'and', 'Meeting,', 'of', "don't", 'yes.', 'quarter', 'Straße', '🎉', '-known', '12,5']
const UNSPACED = ['今日', 'は', '天気', 'が', 'いい', 'です。', '「', '𠮷野', 'กำลัง']

export function pick<T>(random: () => number, from: readonly T[]): T {
  const found = from[Math.floor(random() * from.length)]
  if (found === undefined) throw new Error('nothing to pick from')
  return found
}

export function randomParagraph(random: () => number, id: string, from: number): Paragraph {
  const unspaced = random() < 0.3
  const count = 1 + Math.floor(random() * 30)
  const words = Array.from({ length: count }, () => pick(random, unspaced && random() < 0.9 ? UNSPACED : LATIN))
  const glued = words.flatMap((_, at) => (unspaced || random() < 0.1 ? [at] : []))
  const every = 1 + Math.floor(random() * 500)
  const shape = { from, every, lasting: Math.floor(random() * random() * 2 * every), glued }
  return paragraphFrom(id, words, { ...shape, speaker: pick(random, ['Speaker 1', 'Speaker 2', null]) })
}

/** A text after somebody has been at it: some deleted, some put in, some moved. */
export function randomText(random: () => number, text: string): string {
  let now = text
  for (let change = Math.floor(random() * 4); change >= 0; change -= 1) {
    const from = Math.floor(random() * (now.length + 1))
    const to = Math.min(now.length, from + Math.floor(random() * 12))
    const put = random() < 0.7 ? Array.from({ length: Math.floor(random() * 5) }, () => pick(random, [...LATIN, ...UNSPACED])) : []
    now = now.slice(0, from) + put.join(random() < 0.5 ? ' ' : '') + now.slice(to)
  }
  return random() < 0.05 ? '' : now
}

/** What the server asks of a paragraph (aisubs/model/document.py). */
export function wellTimed({ text, offsets, starts, durations, conf }: Paragraph): boolean {
  const rising = (list: readonly number[], strictly: boolean): boolean =>
    list.every((value, at) => at === 0 || (strictly ? value > (list[at - 1] ?? 0) : value >= (list[at - 1] ?? 0)))
  const whole = [...starts, ...durations].every((value) => Number.isInteger(value) && value >= 0)
  const equal = offsets.length === starts.length && starts.length === durations.length && durations.length === conf.length
  const inText = offsets.every((offset) => offset < text.length && !/^[\udc00-\udfff]/.test(text.slice(offset)))
  return whole && equal && inText && rising(offsets, true) && rising(starts, false) && text.slice(0, offsets[0] ?? text.length).trim() === ''
}
