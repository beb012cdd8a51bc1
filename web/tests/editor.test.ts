import { describe, expect, test } from 'vitest'
import { asksForPlainText } from '@/features/editor/caret.ts'
import { landmarks } from '@/features/editor/landmarks.ts'
import { strokeOf } from '@/features/editor/strokes.ts'
import { unheard } from '@/features/editor/unheard.tsx'
import { doubtfulWords } from '@/transcript/columns.ts'
import { differing } from '@/transcript/differing.ts'
import { revise, type TranscriptDocument } from '@/transcript/document.ts'
import { operationsOf } from '@/transcript/ops.ts'
import { edgeNear, isWhole } from '@/transcript/tokens.ts'
import { freeLabel, reached, speakersOf, turnFrom } from '@/transcript/speakers.ts'
import { paragraphFrom } from './texts.ts'

type Pressed = Parameters<typeof strokeOf>[0]
const pressed = (code: string, change: Partial<Pressed> = {}): Pressed => ({
  ...{ code, key: code.replace(/^Key/, '').toLowerCase(), shiftKey: false, altKey: false, ctrlKey: false, metaKey: false },
  ...{ isComposing: false, getModifierState: () => false },
  ...change,
})

describe('keys while writing', () => {
  test.each([
    [pressed('Escape', { key: 'Escape' }), { does: 'leave' }],
    [pressed('KeyZ', { ctrlKey: true }), { does: 'undo' }],
    [pressed('KeyZ', { metaKey: true, shiftKey: true, key: 'Z' }), { does: 'redo' }],
    [pressed('KeyY', { ctrlKey: true, key: 'z' }), { does: 'undo' }], // a German keyboard
    [pressed('KeyS', { ctrlKey: true }), { does: 'save' }],
    [pressed('ArrowUp', { altKey: true, shiftKey: true }), { does: 'moveUp' }],
    [pressed('ArrowDown', { altKey: true, shiftKey: true }), { does: 'moveDown' }],
    [pressed('Digit3', { altKey: true, key: '£' }), { does: 'speaker', number: 3, reach: 'paragraph' }],
    [pressed('Digit3', { altKey: true, shiftKey: true, key: '‹' }), { does: 'speaker', number: 3, reach: 'onwards' }],
    [pressed('ArrowDown', { ctrlKey: true }), { does: 'below' }],
  ])('$code', (stroke, meant) => {
    expect(strokeOf(stroke)).toEqual(meant)
  })

  test.each([
    ['a letter', pressed('KeyK')],
    ['Tab', pressed('Tab', { key: 'Tab' })],
    ['Shift and Tab', pressed('Tab', { key: 'Tab', shiftKey: true })],
    ['AltGr as Windows says it', pressed('Digit2', { altKey: true, ctrlKey: true, key: '²' })],
    ['AltGr as Linux says it', pressed('Digit2', { altKey: true, getModifierState: (name) => name === 'AltGraph' })],
    ['a key within a composition', pressed('KeyZ', { ctrlKey: true, isComposing: true })],
    ['copying', pressed('KeyC', { ctrlKey: true })],
  ])('%s is none of ours', (_, stroke) => {
    expect(strokeOf(stroke)).toBeNull()
  })
})

test('browsers without plain text in elements are told from those with it', () => {
  expect(asksForPlainText({ contentEditable: 'inherit' })).toBe(true)
  const older = {
    get contentEditable(): string {
      return 'inherit'
    },
    set contentEditable(_: string) {
      throw new SyntaxError('plaintext-only')
    },
  }
  expect(asksForPlainText(older)).toBe(false)
  expect(asksForPlainText(Object.freeze({ contentEditable: 'inherit' }))).toBe(false)
})

describe('where a text may be cut', () => {
  test.each([
    ["I'm here", 1, 3], // the start is an end of the text, so behind the word
    ["well I'm here", 6, 5],
    ['so near and far', 6, 7],
    ['one two', 4, 4],
    ['one two', 3, 3],
    ['alone', 2, 2],
    ['日本語です', 2, 2], // no spaces: between any two characters
  ].map(([text, at, edge]) => [text, at, edge] as [string, number, number]))('%s at %i', (text, at, edge) => {
    expect(edgeNear(text, at)).toBe(edge)
  })
})

test('whole words are told from parts of them', () => {
  const wholes = (text: string, wanted: string): boolean[] =>
    [...text.matchAll(new RegExp(wanted, 'gu'))].map(({ index }) => isWhole(text, { from: index, to: index + wanted.length }))
  expect(wholes('the other, the-one: the', 'the')).toEqual([true, false, true, true])
  expect(wholes('Straße Straßen', 'Straße')).toEqual([true, false])
  expect(wholes('日本語の本', '本')).toEqual([true, true])
})

const said = (id: string, words: string, from: number, speaker: string | null) =>
  paragraphFrom(id, words.split(' '), { from, every: 500, lasting: 400, speaker })

test('speakers are counted by their labels, whoever speaks first', () => {
  const paragraphs = [said('0', 'one two', 0, 'Speaker 10'), said('1', 'three', 1000, 'Speaker 2'), said('2', 'a b c', 2000, 'Speaker 2')]
  const document = { paragraphs, speakers: { 'Speaker 2': 'Anna' } }
  expect(speakersOf(document)).toMatchObject([
    { label: 'Speaker 2', name: 'Anna', paragraphs: 2, spokenMs: 1800, share: 2 / 3, sample: { id: '2' } },
    { label: 'Speaker 10', name: 'Speaker 10', paragraphs: 1, spokenMs: 900, share: 1 / 3 },
  ])
  expect(freeLabel(document)).toBe('Speaker 1')
})

test('a pause is nobody’s time', () => {
  const paused = paragraphFrom('0', ['one', 'two'], { every: 60_000, lasting: 500, speaker: 'A' })
  const [speaker] = speakersOf({ paragraphs: [paused, said('1', 'nobody says this', 70_000, null)], speakers: {} })
  expect(speaker).toMatchObject({ spokenMs: 1000, share: 1 })
})

describe('one speaker through the text', () => {
  const paragraphs = ['A', 'A', 'B', 'A', null, 'A', 'B'].map((speaker, at) => said(String(at), 'word', at * 1000, speaker))

  test('who is really somebody else is so as far as is meant', () => {
    expect(reached(paragraphs, '1', 'paragraph')).toEqual(['1'])
    expect(reached(paragraphs, '0', 'turn')).toEqual(['0', '1'])
    expect(reached(paragraphs, '5', 'turn')).toEqual(['5'])
    expect(reached(paragraphs, '1', 'onwards')).toEqual(['1', '3', '5'])
    expect(reached(paragraphs, '4', 'onwards')).toEqual(['4'])
    expect(reached(paragraphs, 'gone', 'onwards')).toEqual([])
  })

  test('turns are gone to, not the paragraphs within them', () => {
    expect(turnFrom(paragraphs, 0, 'A', 1)).toBe(3)
    expect(turnFrom(paragraphs, 3, 'A', 1)).toBe(5)
    expect(turnFrom(paragraphs, 5, 'A', 1)).toBeNull()
    expect(turnFrom(paragraphs, 3, 'A', -1)).toBe(0)
    expect(turnFrom(paragraphs, 1, 'A', -1)).toBe(0)
    expect(turnFrom(paragraphs, 4, 'B', -1)).toBe(2)
    expect(turnFrom(paragraphs, 0, 'C', 1)).toBeNull()
  })
})

test('two texts are shown where they differ, and by name', () => {
  const [one, other] = [said('0', 'good morning', 0, 'A'), said('1', 'thank you', 2000, null)]
  const changed = { ...other, text: 'thanks' }
  expect(differing({ paragraphs: [one, other], speakers: {} }, { paragraphs: [one, changed], speakers: {} })).toEqual([
    { startMs: 2000, texts: [['thank you'], ['thanks']] },
  ])
  expect(differing({ paragraphs: [one], speakers: {} }, { paragraphs: [one], speakers: { A: 'Anna' } })).toEqual([
    { startMs: 0, texts: [['A: good morning'], ['Anna: good morning']] },
  ])
  expect(differing({ paragraphs: [one], speakers: {} }, { paragraphs: [one], speakers: {} })).toEqual([])
})

test('saves of one stretch of writing are one version to look for', () => {
  const at = (revision: number, minute: number, restored_from: number | null = null) => ({
    ...{ revision, restored_from, changes: 1 },
    saved_at: new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString(),
  })
  const list = [at(6, 42), at(5, 41), at(4, 40), at(3, 20, 1), at(2, 19), at(1, 3)]
  expect(landmarks(list).map(({ revision }) => revision)).toEqual([6, 3, 2, 1])
})

describe('what was not understood', () => {
  test('is offered for typing where no word stands, and the words get the time of the place', () => {
    const words = paragraphFrom('a', ['We', 'meet'], { from: 1000, every: 400, lasting: 300 })
    expect(unheard([words], [[900, 1500], [5000, 8000]])).toEqual([{ start: 5000, end: 8000 }])
    let document: TranscriptDocument = { paragraphs: [words], speakers: {} }
    document = revise(document, operationsOf(document, { kind: 'insert', ms: 5000 }, () => 'b')).document
    const room = { start: 5000, end: 8000 }
    document = revise(document, operationsOf(document, { kind: 'edit', id: 'b', text: 'on the moon', room }, () => 'c')).document
    const [, typed] = document.paragraphs
    expect(typed?.starts[0]).toBe(5000)
    expect((typed?.starts.at(-1) ?? 0) + (typed?.durations.at(-1) ?? 0)).toBeLessThanOrEqual(8000)
  })

  test('a word that was heard to be right is in doubt no more, and in doubt again when that is undone', () => {
    const words = { ...paragraphFrom('a', ['We', 'meet'], { from: 0, every: 400, lasting: 300 }), conf: [90, 20] }
    const before: TranscriptDocument = { paragraphs: [words], speakers: {} }
    const { document, inverse } = revise(before, operationsOf(before, { kind: 'confirm', id: 'a', word: 1 }, () => 'b'))
    expect(doubtfulWords(document.paragraphs)).toEqual([])
    expect(revise(document, inverse).document.paragraphs).toEqual([words])
    expect(operationsOf(before, { kind: 'confirm', id: 'a', word: 9 }, () => 'b')).toEqual([])
  })
})
