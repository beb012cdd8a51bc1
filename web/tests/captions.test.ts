/** Captions as the page changes them: as the server does (the file is written by tests/unit/test_captions_told_to_page.py),
 *  with a way back to the very same, and with what is decided carried through typing. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { CaptionOperation } from '@/backend/caption_operations.ts'
import type { OwnCue, Overrides, Shifts } from '@/backend/captions.ts'
import type { Cues, Operation, Paragraph } from '@/backend/transcripts.ts'
import { parsedTime } from '@/features/editor/captions/exact_time.ts'
import { flatText, linesOf, partsOf, rewrittenParts } from '@/transcript/cue_text.ts'
import { cueOfWord, replaceCues, rowOf, withWords } from '@/transcript/cues.ts'
import { difference, revise, sameDocument, type TranscriptDocument } from '@/transcript/document.ts'
import { type Op, operationsOf } from '@/transcript/ops.ts'
import { paragraphFrom, randomText, seeded } from './texts.ts'

interface Case {
  paragraphs: Paragraph[]
  steps: { operation: CaptionOperation; overrides: Record<string, Overrides>; own: OwnCue[]; shifts: Shifts }[]
}
const CASES = JSON.parse(readFileSync(new URL('captions_by_server.json', import.meta.url), 'utf8')) as Case[]

const decided = ({ paragraphs }: TranscriptDocument) =>
  Object.fromEntries(paragraphs.flatMap(({ id, overrides }) => (overrides && overrides.length > 0 ? [[id, overrides]] : [])))

describe('operations on captions', () => {
  test('make of a text what the server makes of it', () => {
    expect(CASES.length).toBeGreaterThan(30)
    for (const { paragraphs, steps } of CASES) {
      let now: TranscriptDocument = { paragraphs, speakers: {} }
      for (const { operation, overrides, own, shifts } of steps) {
        now = revise(now, [operation]).document
        expect([decided(now), now.own ?? [], now.shifts ?? []]).toEqual([overrides, own, shifts])
      }
    }
  })

  test('lead back, and to any other text, with text that was typed between', () => {
    const random = seeded(11)
    for (const { paragraphs, steps } of CASES) {
      const first: TranscriptDocument = { paragraphs, speakers: {} }
      let now = first
      const back: Operation[][] = []
      for (const { operation } of steps) {
        const paragraph = now.paragraphs[Math.floor(random() * now.paragraphs.length)]
        const typed: Op[] = paragraph && random() < 0.4 ? [{ kind: 'edit', id: paragraph.id, text: randomText(random, paragraph.text) }] : []
        for (const op of [...typed, { kind: 'captions' as const, id: null, operations: [operation] }]) {
          const before = now
          let made
          try {
            made = revise(now, operationsOf(now, op, () => 'new'))
          } catch {
            continue // a word that is gone was named
          }
          now = made.document
          back.push(made.inverse)
          expect(sameDocument(revise(now, made.inverse).document, before)).toBe(true)
          for (const one of now.paragraphs) for (const [index] of one.overrides ?? []) expect(index).toBeLessThan(one.offsets.length)
        }
      }
      const there = revise(first, difference(first, now)).document
      expect([decided(there), there.own ?? []]).toEqual([decided(now), now.own ?? []])
      for (const operations of back.toReversed()) now = revise(now, operations).document
      expect(sameDocument(now, first)).toBe(true)
    }
  })
})

const TALK = paragraphFrom('a', ['We', 'meet', 'on', 'Monday', 'again.'], { from: 1000, every: 400, lasting: 300 })
const held = (operation: CaptionOperation): TranscriptDocument => revise({ paragraphs: [TALK], speakers: {} }, [operation]).document
const typedIn = (document: TranscriptDocument, text: string, leaning: 'before' | 'behind' = 'before'): Overrides =>
  revise(document, operationsOf(document, { kind: 'edit', id: 'a', text, leaning }, () => 'new')).document.paragraphs[0]?.overrides ?? []

describe('what is decided stays where people type', () => {
  const split = held({ op: 'splitCue', first: ['a', 0], last: ['a', 4], at: ['a', 2] })

  test('before the first word of a caption, as of the one before or of the one behind', () => {
    expect(typedIn(split, 'We meet early on Monday again.')).toContainEqual([3, { before: 'cue' }])
    const behind = typedIn(split, 'We meet early on Monday again.', 'behind')
    expect(behind).toContainEqual([2, { before: 'cue' }])
    expect(behind.find(([index]) => index === 3)?.[1].before).toBe('join')
  })

  test('a word of a held caption that is written over, put in, or taken away', () => {
    const merged = held({ op: 'setTimes', first: ['a', 1], last: ['a', 3], start_ms: 1500, end_ms: 2500 })
    expect(typedIn(merged, 'We met on Monday again.')).toEqual(merged.paragraphs[0]?.overrides)
    expect(typedIn(merged, 'We meet on sunny Monday again.')).toEqual([
      [1, { before: 'cue', start_ms: 1500 }],
      [2, { before: 'join' }],
      [3, { before: 'join' }],
      [4, { before: 'join', end_ms: 2500 }],
      [5, { before: 'cue' }],
    ])
    expect(typedIn(merged, 'We meet Monday again.')).toEqual([
      [1, { before: 'cue', start_ms: 1500 }],
      [2, { before: 'join', end_ms: 2500 }],
      [3, { before: 'cue' }],
    ])
  })
})

describe('the words of a caption in a field', () => {
  const other = paragraphFrom('b', ['Good.', 'Until', 'then.'], { from: 4000, every: 400, lasting: 300 })
  const parts = partsOf([TALK, other], { first: ['a', 3], last: ['b', 0] })

  test('lines without names and dashes', () => {
    expect(flatText(parts)).toBe('Monday again. Good.')
    expect(linesOf(parts, '- Anna: Monday\nagain.\n- Good.')).toEqual([
      { prefix: '- Anna: ', text: 'Monday' },
      { prefix: '', text: 'again.' },
      { prefix: '- ', text: 'Good.' },
    ])
    expect(linesOf(parts, 'something else')).toEqual([{ prefix: '', text: 'Monday again. Good.' }])
  })

  test.each([
    ['Tuesday again. Good.', [{ id: 'a', text: 'We meet on Tuesday again.' }]],
    ['Monday again. Very good.', [{ id: 'b', text: 'Very good. Until then.' }]],
    ['Monday Good.', [{ id: 'a', text: 'We meet on Monday' }]],
    ['Good.', [{ id: 'a', text: 'We meet on ' }]],
    ['Monday again. Good. Good.', [{ id: 'b', text: 'Good. Good. Until then.' }]],
  ])('%s', (wanted, edits) => {
    const made = rewrittenParts(parts, wanted)
    const now = [TALK, other].map(({ id, text }) => made.find((edit) => edit.id === id)?.text ?? text)
    const then = [TALK, other].map(({ id, text }) => edits.find((edit) => edit.id === id)?.text ?? text)
    expect(now.join(' ').replace(/\s+/g, ' ')).toBe(then.join(' ').replace(/\s+/g, ' '))
  })
})

describe('rows until the server has answered', () => {
  const cues: Cues = {
    ...{ profile: 'netflix', revision: 1, limits: {} },
    ...{ starts: [0, 1000, 2000], ends: [900, 1900, 2900], texts: ['one', 'two three', 'four'] },
    ...{ paragraphs: ['a', 'a', 'b'], words: [0, 1, 0], last_paragraphs: ['a', 'a', 'b'], last_words: [0, 2, 0] },
    ...{ pins: [{ cue: 2, start: true, end: false }], places: [], own: [], warnings: [] },
    violations: [{ cue: 2, rule: 'cps', value: 20, limit: 17 }],
  }

  test('what is known of others moves with them', () => {
    const row = rowOf(cues, 1)
    if (!row?.span) throw new Error('no row')
    const parted = replaceCues(cues, 1, 1, [
      { ...row, end: 1400, text: 'two', span: { first: ['a', 1], last: ['a', 1] } },
      { ...row, start: 1400, text: 'three', span: { first: ['a', 2], last: ['a', 2] } },
    ])
    expect([parted.starts, parted.texts, parted.words]).toEqual([[0, 1000, 1400, 2000], ['one', 'two', 'three', 'four'], [0, 1, 2, 0]])
    expect([parted.pins, parted.violations[0]?.cue]).toEqual([[{ cue: 3, start: true, end: false }], 3])
    const places = new Map([['a', 0], ['b', 1]])
    expect([0, 1, 2].map((word) => cueOfWord(parted, ['a', word], (id) => places.get(id) ?? 9))).toEqual([0, 1, 2])
    expect(withWords(parted, 1, 'a', 2).words).toEqual([0, 1, 4, 0])
  })
})

test.each([
  ['62.5', 62_500],
  ['1:02,5', 62_500],
  ['00:01:02,050', 62_050],
  ['1:75', null],
  ['soon', null],
  ['', null],
])('%s is %s ms', (text, ms) => {
  expect(parsedTime(text)).toBe(ms)
})
