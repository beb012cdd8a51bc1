import { describe, expect, test } from 'vitest'
import { atoms, separator } from '@/transcript/tokens.ts'
import { extentOf, type Paragraph } from '@/transcript/columns.ts'
import { clean } from '@/transcript/ops.ts'
import { realign, SHORTEST_MS } from '@/transcript/realign.ts'
import { paragraphFrom, randomParagraph, randomText, seeded, wellTimed } from './texts.ts'

const said = (paragraph: Paragraph): string[] => paragraph.offsets.map((_, word) => paragraph.text.slice(...extentOf(paragraph, word)))
const timesOf = (paragraph: Paragraph): Record<string, [number, number]> =>
  Object.fromEntries(said(paragraph).map((word, at) => [word, [paragraph.starts[at] ?? -1, paragraph.durations[at] ?? -1]]))

const spoken = paragraphFrom('0', ['we', 'met', 'in', 'the', 'old', 'town', 'hall'], { every: 400, lasting: 300 })

describe('times after an edit', () => {
  test('an unchanged text is the same object', () => {
    expect(realign(spoken, spoken.text)).toBe(spoken)
  })

  test('what is not touched keeps times and confidence', () => {
    const edited = realign(spoken, 'we met in the new town hall')
    for (const word of ['we', 'met', 'in', 'the', 'town', 'hall']) expect(timesOf(edited)[word]).toEqual(timesOf(spoken)[word])
    expect(timesOf(edited)['new']).toEqual(timesOf(spoken)['old'])
    expect(edited.conf).toEqual([90, 90, 90, 90, 100, 90, 90])
  })

  test('case and punctuation are no other word, though a sure one', () => {
    const edited = realign(spoken, 'We met, in the old town hall.')
    expect(edited.starts).toEqual(spoken.starts)
    expect(edited.conf).toEqual([100, 100, 90, 90, 90, 90, 100])
  })

  test('several words share the time of the one they replace, by their length', () => {
    const edited = realign(spoken, 'we met in the very beautiful town hall')
    const [start = 0, lasting = 0] = timesOf(spoken)['old'] ?? []
    const [very, beautiful] = [timesOf(edited)['very'], timesOf(edited)['beautiful']]
    expect(very?.[0]).toBe(start)
    expect((very?.[1] ?? 0) + (beautiful?.[1] ?? 0)).toBe(lasting)
    expect(beautiful?.[1]).toBeGreaterThan(very?.[1] ?? 0)
  })

  test('a word put in between has the silence there, and nobody loses any', () => {
    const edited = realign(spoken, 'we met up in the old town hall')
    expect(timesOf(edited)['up']).toEqual([700, 100])
    expect(timesOf(edited)['met']).toEqual(timesOf(spoken)['met'])
  })

  test('where there is no silence the word before gives some of its time', () => {
    const tight = paragraphFrom('0', ['we', 'met', 'in'], { every: 300, lasting: 300 })
    const edited = realign(tight, 'we met up in')
    expect(timesOf(edited)['we']).toEqual([0, 300])
    expect(timesOf(edited)['in']).toEqual([600, 300])
    expect(timesOf(edited)['met']?.[0]).toBe(300)
    expect(timesOf(edited)['up']?.[1]).toBeGreaterThanOrEqual(SHORTEST_MS)
    expect((timesOf(edited)['met']?.[1] ?? 0) + (timesOf(edited)['up']?.[1] ?? 0)).toBe(300)
  })

  test('words before the first begin where it began', () => {
    const edited = realign(spoken, 'So then we met in the old town hall')
    expect(edited.starts[0]).toBe(0)
    expect(timesOf(edited)['met']).toEqual(timesOf(spoken)['met'])
    const [start = 0, lasting = 0] = timesOf(edited)['we'] ?? []
    expect(start + lasting).toBe(300)
  })

  test('a text without a word of the old one has its whole time', () => {
    const edited = realign(spoken, 'completely different')
    expect(edited.starts[0]).toBe(0)
    expect((edited.starts[1] ?? 0) + (edited.durations[1] ?? 0)).toBe(2700)
  })

  test('nothing left is nothing, and words for an empty paragraph find room between its neighbours', () => {
    const empty = realign(spoken, '')
    expect([empty.offsets, empty.starts, empty.durations, empty.conf]).toEqual([[], [], [], []])
    const filled = realign(empty, 'yes indeed', { start: 500, end: 1500 })
    expect(filled.starts[0]).toBe(500)
    expect(wellTimed(filled)).toBe(true)
  })

  test('words that the machine wrote without a space between stay apart', () => {
    const parts = paragraphFrom('0', ['a', 'well', '-known', 'place'], { every: 400, lasting: 300, glued: [2] })
    expect(parts.text).toBe('a well-known place')
    const edited = realign(parts, 'one well-known place')
    for (const word of ['well', '-known', 'place']) expect(timesOf(edited)[word]).toEqual(timesOf(parts)[word])
  })
})

describe('scripts without spaces', () => {
  const words = ['今日', 'は', '天気', 'が', 'いい', 'です。']
  const japanese = paragraphFrom('0', words, { every: 300, lasting: 250, glued: [1, 2, 3, 4, 5] })

  test('every character is an atom; punctuation clings', () => {
    const cut = (text: string): string[] => atoms(text).map(({ from, to }) => text.slice(from, to))
    expect(cut('今日は「いい」です。')).toEqual(['今', '日', 'は', '「い', 'い」', 'で', 'す。'])
    expect(cut('GPUを2つ買う')).toEqual(['GPU', 'を', '2', 'つ', '買', 'う'])
    expect(cut("don't stop, 좋은 아침")).toEqual(["don't", 'stop,', '좋은', '아침'])
    expect(cut('กำลัง𠮷野')).toEqual(['กำ', 'ลั', 'ง', '𠮷', '野'])
  })

  test('a changed word leaves the others alone', () => {
    const edited = realign(japanese, '今日は機嫌がいいです。')
    for (const word of ['今日', 'は', 'が', 'いい', 'です。']) expect(timesOf(edited)[word]).toEqual(timesOf(japanese)[word])
    expect(timesOf(edited)['機']?.[0]).toBe(timesOf(japanese)['天気']?.[0])
    expect(wellTimed(edited)).toBe(true)
  })

  test('texts that become one get a space only where there are spaces', () => {
    expect([separator('天気', 'いい'), separator('old', 'town'), separator('天気', 'town'), separator('', 'x')]).toEqual(['', ' ', ' ', ''])
  })
})

test.each(Array.from({ length: 200 }, (_, seed) => seed))('any edit, seed %i: times rise, inside the paragraph', (seed) => {
  const random = seeded(seed)
  const before = randomParagraph(random, '0', 1000)
  const after = realign(before, clean(randomText(random, before.text)))
  expect(wellTimed(after)).toBe(true)
  const visible = (text: string): string => text.replace(/\s/gu, '')
  expect(visible(said(after).join(''))).toBe(visible(after.text))
  if (before.starts.length > 0 && after.starts.length > 0) {
    const endOf = ({ starts, durations }: Paragraph): number => Math.max(...starts.map((start, at) => start + (durations[at] ?? 0)))
    expect(after.starts[0]).toBeGreaterThanOrEqual(before.starts[0] ?? 0)
    expect(endOf(after)).toBeLessThanOrEqual(endOf(before))
  }
})

test.each(Array.from({ length: 100 }, (_, seed) => seed))('one word replaced, seed %i: no other one moves', (seed) => {
  const random = seeded(seed)
  const words = Array.from({ length: 2 + Math.floor(random() * 40) }, (_, at) => `word${at}`)
  const before = paragraphFrom('0', words, { every: 50 + Math.floor(random() * 400), lasting: 50 })
  const at = Math.floor(random() * words.length)
  const after = realign(before, words.with(at, 'another').join(' '))
  expect(after.starts).toEqual(before.starts)
  expect(after.durations).toEqual(before.durations)
})
