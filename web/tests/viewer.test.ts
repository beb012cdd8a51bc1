import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readAddress, withAddress } from '@/features/viewer/address.ts'
import { escaped, unescaped } from '@/features/viewer/captions/captions.ts'
import { cueAt, measured } from '@/transcript/cues.ts'
import { actionOf, KEYMAP } from '@/features/viewer/keyboard/keymap.ts'
import { groupsOf } from '@/features/viewer/text/script.ts'
import { nextSpeed, SPEEDS } from '@/features/viewer/player/speeds.ts'
import { spokenSpans, together } from '@/transcript/spans.ts'
import { speakerLooks } from '@/features/speaker_looks.ts'
import { keysEn } from '@/i18n/en/keys.ts'
import type { Paragraph } from '@/transcript/columns.ts'
import { paragraphFrom } from './texts.ts'

const paragraph = (id: string): Paragraph => ({ id, speaker: null, text: 'a', offsets: [0], starts: [0], durations: [1], conf: [null] })
const many = (count: number, prefix = ''): Paragraph[] => Array.from({ length: count }, (_, at) => paragraph(`${prefix}${at}`))

describe('groups of paragraphs', () => {
  const starters = (paragraphs: Paragraph[], before: ReadonlySet<string> = new Set()): string[] => [
    ...groupsOf(paragraphs, before).keys(),
  ]

  test('hold twenty', () => {
    expect(starters(many(45))).toEqual(['0', '20', '40'])
    expect(groupsOf([], new Set()).size).toBe(0)
  })

  test('stay where they are when a paragraph comes in between or goes', () => {
    const before = new Set(starters(many(60)))
    const between = many(60).toSpliced(5, 0, paragraph('new'))
    expect(starters(between, before)).toEqual(['0', '20', '40'])
    expect(starters(many(60).toSpliced(30, 1), before)).toEqual(['0', '20', '40'])
    expect(starters(many(60).toSpliced(20, 1), before)).toEqual(['0', '40'])
  })

  test('never become too large, whatever is written into one', () => {
    const before = new Set(starters(many(60)))
    const grown = many(60).toSpliced(5, 0, ...many(50, 'n'))
    for (const group of groupsOf(grown, before).values()) expect(group.length).toBeLessThanOrEqual(40)
  })

  test('of a growing text are as large as those of a whole one', () => {
    let known: ReadonlySet<string> = new Set()
    for (let count = 1; count <= 100; count += 1) known = new Set(starters(many(count), known))
    expect([...known]).toEqual(['0', '20', '40', '60', '80'])
  })

  test('lose nothing and change no order', () => {
    const paragraphs = many(133).toSpliced(50, 3, ...many(30, 'x'))
    const groups = groupsOf(paragraphs, new Set(starters(many(133))))
    expect([...groups.values()].flat()).toEqual(paragraphs)
  })
})

describe('the address', () => {
  test('says where one is', () => {
    expect(readAddress('?t=754&q=budget&view=captions')).toEqual({ t: 754, q: 'budget', view: 'captions' })
    expect(readAddress('?t=x&view=other')).toEqual({ t: null, q: '', view: 'text' })
    expect(readAddress('?t=-3')).toMatchObject({ t: null })
  })

  test('keeps what it does not know, and holds nothing that goes without saying', () => {
    expect(withAddress('?page=2', { t: 12.7 })).toBe('?page=2&t=12')
    expect(withAddress('?t=12&q=a%20b', { q: '', t: 0.4 })).toBe('')
    expect(withAddress('', { view: 'captions', q: 'a b' })).toBe('?q=a+b&view=captions')
    expect(withAddress('?view=captions', { view: 'text' })).toBe('')
  })
})

describe('keys', () => {
  const press = (code: string, rest: Partial<KeyboardEvent> = {}) => ({
    ...{ code, key: code.replace(/^Key/, '').toLowerCase() },
    ...{ shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...rest },
  })

  test('mean what the table says', () => {
    expect(actionOf(press('Space'), 'reading')).toBe('play')
    expect(actionOf(press('KeyN'), 'reading')).toBe('nextDoubt')
    expect(actionOf(press('KeyN', { shiftKey: true }), 'reading')).toBe('previousDoubt')
    expect(actionOf(press('KeyF', { shiftKey: true }), 'reading')).toBe('fullScreen')
    expect(actionOf(press('KeyK', { altKey: true, key: '˚' }), 'typing')).toBe('play')
  })

  test('lie where they lie, whatever is printed on them; characters are where the layout has them', () => {
    expect(actionOf(press('KeyN', { key: 'b' }), 'reading')).toBe('nextDoubt')
    expect(actionOf(press('Digit7', { key: '/', shiftKey: true }), 'reading')).toBe('search')
    expect(actionOf(press('Slash', { key: '?', shiftKey: true }), 'reading')).toBe('help')
  })

  test('are silent with AltGr, with keys of the system, and while typing', () => {
    for (const code of ['KeyK', 'KeyE', 'KeyN', 'KeyW']) {
      expect(actionOf(press(code, { ctrlKey: true, altKey: true }), 'typing')).toBeNull()
      expect(actionOf(press(code, { ctrlKey: true }), 'reading')).toBeNull()
      expect(actionOf(press(code), 'typing')).toBeNull()
    }
  })

  test('no stroke has two meanings, and every action has words', () => {
    for (const mode of ['reading', 'typing'] as const) {
      const strokes = KEYMAP.flatMap((keys) => keys[mode].map((stroke) => JSON.stringify(stroke)))
      expect(new Set(strokes).size).toBe(strokes.length)
    }
    expect(KEYMAP.map(({ action }) => action).sort()).toEqual(Object.keys(keysEn.actions).sort())
  })

  test('speeds go up and down and end', () => {
    expect([nextSpeed(1, 1), nextSpeed(1, -1), nextSpeed(2, 1), nextSpeed(0.5, -1)]).toEqual([1.25, 0.75, 2, 0.5])
    expect(SPEEDS).toEqual([...SPEEDS].sort((a, b) => a - b))
  })
})

describe('captions', () => {
  const cues = { starts: [1000, 2000, 5000], ends: [1900, 3000, 6000] }

  test.each([
    [999, -1],
    [1000, 0],
    [1899, 0],
    [1900, -1],
    [2500, 1],
    [3000, -1],
    [5999, 2],
    [6000, -1],
  ])('at %i ms', (ms, cue) => {
    expect(cueAt(cues, ms)).toBe(cue)
  })

  test('are measured by line and second', () => {
    expect(measured(0, 2000, 'abcd\nab')).toEqual({ perSecond: 3, widest: 4 })
    expect(measured(0, 0, '😀')).toEqual({ perSecond: 1000, widest: 1 })
  })

  test('are shown as they were said, not as marks of WebVTT', () => {
    const said = 'a < b && <i>c</i> &amp; --> d'
    expect(escaped(said)).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
    expect(unescaped(escaped(said))).toBe(said)
  })
})

test('pauses that one would hear are left out of the strip', () => {
  expect(spokenSpans({ starts: [0, 400, 2000, 2200], durations: [300, 200, 100, 900] })).toEqual([
    { from: 0, to: 600 },
    { from: 2000, to: 3100 },
  ])
  expect(spokenSpans({ starts: [], durations: [] })).toEqual([])
})

describe('speakers', () => {
  test('keep the colour of their first word, and the ninth is dashed', () => {
    const labels = ['B', null, 'A', 'B', ...Array.from({ length: 8 }, (_, at) => `S${at}`)]
    const looks = speakerLooks(labels.map((speaker) => ({ speaker })))
    expect(looks.get('B')).toEqual({ 'data-speaker': 1 })
    expect(looks.get('A')).toEqual({ 'data-speaker': 2 })
    expect(looks.get('S5')).toEqual({ 'data-speaker': 8 })
    expect(looks.get('S6')).toEqual({ 'data-speaker': 1, 'data-dashed': true })
  })

  // https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
  const luminance = (hex: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const part = parseInt(hex.slice(at, at + 2), 16) / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (one: string, two: string): number => {
    const [bright = 0, dim = 0] = [luminance(one), luminance(two)].sort((a, b) => b - a)
    return (bright + 0.05) / (dim + 0.05)
  }
  const css = readFileSync(new URL('../src/features/viewer/viewer.css', import.meta.url), 'utf8')
  const coloursAfter = (mark: string): string[] =>
    [...css.slice(css.indexOf(mark)).matchAll(/--speaker-\d: (#[0-9a-f]{6})/g)].slice(0, 8).map(([, colour = '']) => colour)

  test.each([
    ['light', ':root {', ['#f8fbfb', '#ffffff']],
    ['dark', ":root[data-theme='dark']", ['#0b1011', '#131a1a']],
  ])('can be read by their colour, %s', (_, mark, grounds) => {
    const colours = coloursAfter(mark)
    expect(new Set(colours).size).toBe(8)
    for (const ground of grounds) for (const colour of colours) expect(contrast(colour, ground)).toBeGreaterThan(4.5)
  })

  test('have the same colours in both ways into the dark', () => {
    expect(coloursAfter(":root:not([data-theme='light'])")).toEqual(coloursAfter(":root[data-theme='dark']"))
  })
})

test('paragraphs in which two speak at once are known', () => {
  const paragraphs = [0, 2000, 4000, 6000].map((from, at) => paragraphFrom(String(at), ['one', 'two'], { from, every: 500, lasting: 500 }))
  const found = together(paragraphs, [{ from: 900, to: 2100 }, { from: 3000, to: 4000 }, { from: 6999, to: 9000 }])
  expect([...found]).toEqual(['0', '1', '3'])
  expect(together(paragraphs, []).size).toBe(0)
})
