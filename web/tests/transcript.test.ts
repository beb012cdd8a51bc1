import { describe, expect, test } from 'vitest'
import { doubtfulWords, extentOf, find, type Paragraph, parseColumns, wordAt, wordOfOffset } from '@/transcript/columns.ts'

const paragraphs: Paragraph[] = [
  { id: '0', speaker: 'Anna', text: 'Good morning, all.', offsets: [0, 5, 14], starts: [1000, 1400, 2000], durations: [300, 500, 200], conf: [90, 40, null] },
  { id: '1', speaker: null, text: '你好 Straße', offsets: [0, 1, 3], starts: [5000, 5200, 6000], durations: [100, 100, 400], conf: [99, 99, 10] },
]

describe('finding one’s way', () => {
  test.each([
    [0, null],
    [1000, [0, 0]],
    [1399, [0, 0]],
    [1900, [0, 1]],
    [4999, [0, 2]],
    [5200, [1, 1]],
    [99_999, [1, 2]],
  ])('at %i ms', (ms, place) => {
    const found = wordAt(paragraphs, ms)
    expect(found && [found.paragraph, found.word]).toEqual(place)
  })

  test('words end before the space behind them', () => {
    const [first, second] = paragraphs
    const said = (paragraph: Paragraph | undefined): string[] =>
      paragraph ? paragraph.offsets.map((_, word) => paragraph.text.slice(...extentOf(paragraph, word))) : []
    expect(said(first)).toEqual(['Good', 'morning,', 'all.'])
    expect(said(second)).toEqual(['你', '好', 'Straße'])
  })

  test('every character belongs to the word it stands in', () => {
    const [first] = paragraphs
    if (first) expect([0, 4, 5, 13, 14, 17].map((at) => wordOfOffset(first, at))).toEqual([0, 0, 1, 1, 2, 2])
  })

  test('doubtful are those below half', () => {
    expect(doubtfulWords(paragraphs)).toEqual([
      { paragraph: 0, word: 1 },
      { paragraph: 1, word: 2 },
    ])
  })

  test('search takes no notice of case, and nothing for everything', () => {
    expect(find(paragraphs, ' STRASSE')).toEqual([])
    expect(find(paragraphs, 'straße')).toEqual([{ paragraph: 1, from: 3, to: 9 }])
    expect(find(paragraphs, 'o')).toHaveLength(3)
    expect(find(paragraphs, '  ')).toEqual([])
  })
})

test('what is no transcript is refused', () => {
  const columns = { schema: 'aisubs-columns/1', title: 't', duration_ms: 1, language: 'en', paragraphs }
  expect(parseColumns(JSON.stringify(columns)).paragraphs).toEqual(paragraphs)
  for (const wrong of ['{}', 'null', 'x', JSON.stringify({ ...columns, schema: 'aisubs-columns/2' })]) {
    expect(() => parseColumns(wrong)).toThrow()
  }
})
