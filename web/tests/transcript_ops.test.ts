import { describe, expect, test } from 'vitest'
import type { Operation } from '@/backend/transcripts.ts'
import type { Paragraph } from '@/transcript/columns.ts'
import { difference, type TranscriptDocument, revise, sameDocument, Unfit } from '@/transcript/document.ts'
import { Editing } from '@/transcript/editing.ts'
import { type Op, operationsOf } from '@/transcript/ops.ts'
import { same } from '@/transcript/same.ts'
import { paragraphFrom, pick, randomParagraph, randomText, seeded, wellTimed } from './texts.ts'

const two: TranscriptDocument = {
  speakers: { 'Speaker 1': 'Anna' },
  paragraphs: [
    paragraphFrom('0', ['good', 'morning', 'all'], { every: 400, lasting: 300, speaker: 'Speaker 1' }),
    paragraphFrom('1', ['thank', 'you', 'Anna'], { from: 2000, every: 400, lasting: 300, speaker: 'Speaker 2' }),
  ],
}
let made = 0
const newId = (): string => `p${made++}`
const after = (document: TranscriptDocument, op: Op): TranscriptDocument => revise(document, operationsOf(document, op, newId)).document
const texts = ({ paragraphs }: TranscriptDocument): string[] => paragraphs.map(({ text }) => text)
const speakers = ({ paragraphs }: TranscriptDocument): (string | null)[] => paragraphs.map(({ speaker }) => speaker)

describe('what people do', () => {
  test('splitting at the caret, between words and inside one', () => {
    const parts = after(two, { kind: 'split', id: '0', at: 5 })
    expect(texts(parts)).toEqual(['good', 'morning all', 'thank you Anna'])
    expect(parts.paragraphs[0]?.id).toBe('0')
    expect(parts.paragraphs[1]?.starts).toEqual([400, 800])
    const inside = after(two, { kind: 'split', id: '0', at: 8 })
    expect(texts(inside)).toEqual(['good mor', 'ning all', 'thank you Anna'])
    expect(inside.paragraphs[0]?.durations).toEqual([300, 129])
    expect(inside.paragraphs[1]?.starts).toEqual([529, 800])
  })

  test.each([0, 16])('splitting at an end (%i) makes no empty paragraph', (at) => {
    expect(after(two, { kind: 'split', id: '0', at })).toBe(two)
  })

  test('joining keeps the id and the voice of the first', () => {
    const one = after(two, { kind: 'join', id: '1' })
    expect(texts(one)).toEqual(['good morning all thank you Anna'])
    expect(one.paragraphs[0]).toMatchObject({ id: '0', speaker: 'Speaker 1', starts: [0, 400, 800, 2000, 2400, 2800] })
    expect(after(two, { kind: 'join', id: '0' })).toBe(two)
  })

  test('moving words up and down, whole ones only', () => {
    expect(texts(after(two, { kind: 'moveWords', id: '1', at: 7, to: 'up' }))).toEqual(['good morning all thank', 'you Anna'])
    expect(texts(after(two, { kind: 'moveWords', id: '0', at: 8, to: 'down' }))).toEqual(['good morning', 'all thank you Anna'])
    expect(texts(after(two, { kind: 'moveWords', id: '1', at: 14, to: 'up' }))).toEqual(['good morning all thank you Anna'])
    expect(after(two, { kind: 'moveWords', id: '0', at: 8, to: 'up' })).toBe(two)
    expect(after(two, { kind: 'moveWords', id: '1', at: 8, to: 'down' })).toBe(two)
  })

  test('naming and merging speakers', () => {
    const named = after(two, { kind: 'renameSpeaker', speaker: 'Speaker 2', name: ' Ben\n' })
    expect(named.speakers).toEqual({ 'Speaker 1': 'Anna', 'Speaker 2': 'Ben' })
    const merged = after(named, { kind: 'mergeSpeakers', from: 'Speaker 1', into: 'Speaker 2' })
    expect(speakers(merged)).toEqual(['Speaker 2', 'Speaker 2'])
    expect(merged.speakers).toEqual({ 'Speaker 2': 'Ben' })
    expect(after(named, { kind: 'renameSpeaker', speaker: 'Speaker 2', name: 'Speaker 2' }).speakers).toEqual(two.speakers)
    expect(after(two, { kind: 'setSpeaker', ids: ['0'], speaker: 'Speaker 1' })).toBe(two)
  })

  test('what is not touched stays the same object', () => {
    const edited = after(two, { kind: 'edit', id: '0', text: 'good evening all' })
    expect(edited.paragraphs[1]).toBe(two.paragraphs[1])
    expect(edited.speakers).toBe(two.speakers)
  })

  test('the machine’s text comes back, whatever was done to it', () => {
    const machine = two.paragraphs
    const edited = after(two, { kind: 'edit', id: '0', text: 'bad morning' })
    expect(after(edited, { kind: 'restore', id: '0', machine }).paragraphs[0]).toStrictEqual(two.paragraphs[0])
    const joined = after(two, { kind: 'edit', id: '1', text: 'thanks' })
    const one = after(after(joined, { kind: 'join', id: '1' }), { kind: 'restore', id: '0', machine })
    expect(texts(one)).toEqual(['good morning all thank you Anna'])
    const parts = after(after(two, { kind: 'split', id: '0', at: 5 }), { kind: 'edit', id: '0', text: 'bad' })
    expect(texts(after(parts, { kind: 'restore', id: '0', machine }))).toEqual(texts(after(two, { kind: 'split', id: '0', at: 5 })))
    expect(after(two, { kind: 'restore', id: '0', machine })).toBe(two)
  })
})

test('operations that do not fit are refused', () => {
  const splice = (remove: string[], ...insert: Paragraph[]): Operation => ({ op: 'splice', remove, before: null, insert })
  const [first] = two.paragraphs
  for (const wrong of [splice(['1', '0']), splice(['7']), first ? splice([], first) : splice(['7'])]) {
    expect(() => revise(two, [wrong])).toThrow(Unfit)
  }
  expect(() => revise(two, [{ op: 'relabel', ids: ['7'], speaker: null }])).toThrow(Unfit)
})

/** What the server has been told; now and then a save is under way. */
class Told {
  steps: (readonly Operation[])[] = []
  sent = 0

  get open(): boolean {
    return this.steps.length > this.sent
  }

  add(operations: readonly Operation[]): void {
    this.steps.push(operations)
  }

  amend(operations: readonly Operation[]): void {
    this.steps.pop()
    if (operations.length > 0) this.steps.push(operations)
  }
}

function randomOp(random: () => number, { paragraphs }: TranscriptDocument, machine: readonly Paragraph[]): Op {
  const { id, text } = pick(random, paragraphs)
  const at = Math.floor(random() * (text.length + 1))
  const speaker = (): string => pick(random, ['Speaker 1', 'Speaker 2', 'Speaker 3'])
  return pick<() => Op>(random, [
    () => ({ kind: 'edit', id, text: randomText(random, text) }),
    () => ({ kind: 'edit', id, text: randomText(random, text) }),
    () => ({ kind: 'split', id, at }),
    () => ({ kind: 'split', id, at }),
    () => ({ kind: 'join', id }),
    () => ({ kind: 'moveWords', id, at, to: random() < 0.5 ? 'up' : 'down' }),
    () => ({ kind: 'setSpeaker', ids: [id], speaker: speaker() }),
    () => ({ kind: 'renameSpeaker', speaker: speaker(), name: pick(random, ['Anna', 'Ben', null]) }),
    () => ({ kind: 'mergeSpeakers', from: speaker(), into: speaker() }),
    () => ({ kind: 'restore', id, machine }),
    () => ({ kind: 'editAll', edits: paragraphs.map((one) => ({ id: one.id, text: one.text.replaceAll('the', 'a') })) }),
  ])()
}

const inOrder = ({ paragraphs }: TranscriptDocument): boolean => {
  const starts = paragraphs.flatMap((paragraph) => paragraph.starts.slice(0, 1))
  return starts.every((start, at) => at === 0 || start >= (starts[at - 1] ?? 0))
}
const letters = (document: TranscriptDocument): string => texts(document).join('').replace(/\s/gu, '')

test.each(Array.from({ length: 150 }, (_, seed) => seed))('any operations, seed %i: undone they are nothing, redone they are all', (seed) => {
  const random = seeded(seed)
  let from = 0
  const paragraphs = Array.from({ length: 1 + Math.floor(random() * 8) }, (_, id) => {
    const paragraph = randomParagraph(random, String(id), from)
    from = (paragraph.starts.at(-1) ?? 0) + Math.floor(random() * 3000) // two may speak at once
    return paragraph
  })
  const start: TranscriptDocument = { paragraphs, speakers: {} }
  let [clock, ids] = [0, 0]
  const told = new Told()
  const editing = new Editing(start, told, () => `p${ids++}`, () => clock)
  for (let step = 0; step < 40 && editing.document.paragraphs.length > 0; step += 1) {
    const op = randomOp(random, editing.document, paragraphs)
    const before = editing.document
    clock += Math.floor(random() * 3000)
    if (random() < 0.2) told.sent = told.steps.length
    const changed = editing.apply(op)
    expect(changed).toBe(editing.document !== before)
    if (['split', 'join', 'moveWords', 'setSpeaker', 'mergeSpeakers'].includes(op.kind)) expect(letters(editing.document)).toBe(letters(before))
    expect(editing.document.paragraphs.filter((one) => !wellTimed(one)), JSON.stringify(op)).toEqual([])
    expect(inOrder(editing.document), JSON.stringify(op)).toBe(true)
    if (random() < 0.3) editing.tidy(pick(random, editing.document.paragraphs).id)
    if (random() < 0.1) editing.undo()
  }
  while (editing.redo());
  const end = editing.document
  expect(sameDocument(revise(start, told.steps.flat()).document, end)).toBe(true)
  expect(sameDocument(revise(start, difference(start, end)).document, end)).toBe(true)
  while (editing.undo()) expect(editing.document.paragraphs.every(wellTimed)).toBe(true)
  expect(editing.document).toEqual(start)
  while (editing.redo());
  expect(editing.document).toEqual(end)
  expect(sameDocument(revise(start, told.steps.flat()).document, end)).toBe(true)
})

describe('typing', () => {
  const typed = (...spans: [text: string, at: number][]): { editing: Editing; told: Told } => {
    let clock = 0
    const told = new Told()
    const editing = new Editing(two, told, newId, () => clock)
    for (const [text, at] of spans) {
      clock = at
      editing.apply({ kind: 'edit', id: '0', text })
    }
    return { editing, told }
  }

  test('a burst in one paragraph is one step, after a pause begins another', () => {
    const { editing, told } = typed(['good mornin', 0], ['good morni', 500], ['good even', 900], ['good evening', 5000])
    expect(told.steps).toHaveLength(2)
    editing.undo()
    expect(texts(editing.document)[0]).toBe('good even')
    editing.undo()
    expect(editing.document).toEqual(two)
    expect(editing.canUndo).toBe(false)
  })

  test('a word taken away and written again has its time again', () => {
    const { editing } = typed(['good all', 0], ['good m all', 300], ['good morning all', 600])
    expect(editing.document.paragraphs[0]?.starts).toEqual(two.paragraphs[0]?.starts)
    expect(editing.canUndo).toBe(false)
  })

  test('an emptied paragraph gives its time to what is written there, however late', () => {
    const { editing } = typed(['', 0], ['bye', 60_000])
    expect(editing.document.paragraphs[0]).toMatchObject({ text: 'bye', starts: [0], durations: [1100] })
  })

  test('left empty it goes, and one step brings it back', () => {
    const { editing } = typed(['', 0])
    editing.tidy('0')
    expect(texts(editing.document)).toEqual(['thank you Anna'])
    editing.undo()
    expect(editing.document).toEqual(two)
  })

  test('what is under way to the server is not taken back, but changed once more', () => {
    const { editing, told } = typed(['good mornin', 0])
    told.sent = 1
    editing.apply({ kind: 'edit', id: '0', text: 'good morn' })
    expect(told.steps).toHaveLength(2)
    expect(same(revise(two, told.steps.flat()).document.paragraphs[0], editing.document.paragraphs[0])).toBe(true)
    editing.undo()
    expect(editing.document).toEqual(two)
  })

  test('five hundred steps are kept', () => {
    const editing = new Editing(two, new Told(), newId)
    for (let step = 0; step < 510; step += 1) editing.apply({ kind: 'setSpeaker', ids: ['0'], speaker: `Speaker ${step}` })
    let undone = 0
    while (editing.undo()) undone += 1
    expect(undone).toBe(500)
  })
})
