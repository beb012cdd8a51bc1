/** The waveform's sums: peaks at every zoom, what is seen, which edge is meant, and where it holds. */
import { describe, expect, test } from 'vitest'
import type { Paragraph } from '@/backend/transcripts.ts'
import { bracketOf } from '@/features/editor/captions/brackets.ts'
import { FRAME_MS, Levels } from '@/features/editor/captions/waveform/levels.ts'
import { snapped, speechEdges } from '@/features/editor/captions/waveform/snapping.ts'
import { edgeAt, following, panned, pinched, placeOf, reachOf, timeAt, within, zoomed } from '@/features/editor/captions/waveform/view.ts'

describe('levels', () => {
  const peaks = Uint8Array.from({ length: 5000 }, (_, frame) => (frame * 7919) % 251)
  const levels = new Levels(peaks)
  const columns = (count: number, fromMs: number, msPerPx: number): number[] => {
    const into = new Uint8Array(count)
    levels.columns(into, fromMs, msPerPx)
    return [...into]
  }
  const loudest = (from: number, behind: number): number => Math.max(0, ...peaks.subarray(Math.max(0, from), Math.max(0, behind)))

  test('of a frame to a pixel they are the peaks', () => {
    expect(columns(100, 50 * FRAME_MS, FRAME_MS)).toEqual([...peaks.subarray(50, 150)])
    expect(columns(4, 50 * FRAME_MS, FRAME_MS / 4)).toEqual(Array(4).fill(peaks[50]))
  })

  test('of many frames to a pixel the loudest of them, and of no frame beside them by more than one coarser frame', () => {
    for (const frames of [4, 16, 64]) {
      expect(columns(10, 0, FRAME_MS * frames)).toEqual(Array.from({ length: 10 }, (_, at) => loudest(at * frames, (at + 1) * frames)))
    }
    const [coarse, frames] = [16, 21]
    columns(50, 100 * FRAME_MS, FRAME_MS * frames).forEach((column, at) => {
      const from = 100 + at * frames
      expect(column).toBeGreaterThanOrEqual(loudest(from, from + frames))
      expect(column).toBeLessThanOrEqual(loudest(from - coarse, from + frames + coarse))
    })
  })

  test('nothing is heard before the beginning and behind the end', () => {
    expect(columns(3, -3 * FRAME_MS, FRAME_MS)).toEqual([0, 0, 0])
    expect(columns(3, 5000 * FRAME_MS, FRAME_MS)).toEqual([0, 0, 0])
    expect(columns(1, 0, 5000 * FRAME_MS)).toEqual([loudest(0, 5000)])
  })

  test('a column of ten hours is made of a few bytes', () => {
    const long = new Levels(new Uint8Array(2_250_000).fill(9))
    const into = new Uint8Array(2000)
    long.columns(into, 0, 36_000_000 / 2000)
    expect(new Set(into)).toEqual(new Set([9]))
  })
})

describe('the view', () => {
  test('stays within the recording, neither closer than peaks tell nor farther than all of it', () => {
    expect(within({ fromMs: -500, msPerPx: 1 }, 1000, 60_000)).toEqual({ fromMs: 0, msPerPx: 4 })
    expect(within({ fromMs: 59_000, msPerPx: 10 }, 1000, 60_000)).toEqual({ fromMs: 50_000, msPerPx: 10 })
    expect(within({ fromMs: 9, msPerPx: 1e9 }, 1000, 60_000)).toEqual({ fromMs: 0, msPerPx: 60 })
    expect(within({ fromMs: 9, msPerPx: 10 }, 1000, 800)).toEqual({ fromMs: 0, msPerPx: 4 })
  })

  test('what lies under each of two fingers stays there', () => {
    const view = { fromMs: 5000, msPerPx: 12 }
    const now = pinched(view, [150, 100], [200, 240])
    expect(timeAt(now, 200 - 120)).toBeCloseTo(timeAt(view, 150 - 50))
    expect(timeAt(now, 200 + 120)).toBeCloseTo(timeAt(view, 150 + 50))
  })
  test('what lies under the pointer stays there while it is zoomed', () => {
    const view = { fromMs: 5000, msPerPx: 12 }
    for (const by of [0.5, 1.6, 3]) expect(timeAt(zoomed(view, by, 340), 340)).toBeCloseTo(timeAt(view, 340))
    expect(placeOf(panned(view, 25), timeAt(view, 125))).toBeCloseTo(100)
  })

  test('follows the playhead out of it and to where it leaps, and leaves whoever looks elsewhere alone', () => {
    const view = { fromMs: 10_000, msPerPx: 10 }
    expect(following(view, 12_000, 12_016, 500)).toBe(view)
    expect(following(view, 14_990, 15_006, 500).fromMs).toBeCloseTo(14_506)
    expect(following(view, 20_000, 20_016, 500)).toBe(view)
    expect(following(view, 20_000, 40_000, 500).fromMs).toBeCloseTo(39_500)
  })
})

describe('edges', () => {
  const cues = { starts: [1000, 2000, 4000], ends: [2000, 3500, 5000] }
  const view = { fromMs: 0, msPerPx: 10 }

  test('the nearest within reach; where two captions touch, that of the one in which the hand is', () => {
    expect(edgeAt(cues, view, 198, 6, null)).toEqual({ cue: 0, part: 'end' })
    expect(edgeAt(cues, view, 202, 6, null)).toEqual({ cue: 1, part: 'start' })
    expect(edgeAt(cues, view, 345, 6, null)).toEqual({ cue: 1, part: 'end' })
    expect(edgeAt(cues, view, 300, 6, null)).toBeNull()
    expect(edgeAt(cues, view, 375, 26, null)).not.toBeNull()
    expect(edgeAt({ starts: [], ends: [] }, view, 10, 22, null)).toBeNull()
  })

  test('a finger means the caption that is chosen', () => {
    expect(edgeAt(cues, view, 198, 22, 1)).toEqual({ cue: 1, part: 'start' })
    expect(edgeAt(cues, view, 350, 22, 0)).toBeNull()
  })

  test('reach to the captions beside them, and never over each other', () => {
    expect(reachOf(cues, { cue: 1, part: 'start' }, 9000)).toEqual([2000, 3460])
    expect(reachOf(cues, { cue: 1, part: 'end' }, 9000)).toEqual([2040, 4000])
    expect(reachOf(cues, { cue: 0, part: 'start' }, 9000)).toEqual([0, 1960])
    expect(reachOf(cues, { cue: 2, part: 'end' }, 9000)).toEqual([4040, 9000])
    const squeezed = { starts: [0, 90], ends: [100, 110] } // as what people decided may have it
    expect(reachOf(squeezed, { cue: 1, part: 'start' }, 9000)).toEqual([90, 90])
  })
})

describe('snapping', () => {
  const words: Paragraph[] = [
    { id: '0', text: 'One two', speaker: null, offsets: [0, 4], starts: [1000, 1500], durations: [300, 400], conf: [90, 90] },
    { id: '1', text: 'Three', speaker: null, offsets: [0], starts: [4000], durations: [500], conf: [90] },
  ]
  const quiet = new Uint8Array(400)

  test('to where words begin, or end', () => {
    expect(speechEdges('start', 1480, 100, words, quiet)).toEqual([1500])
    expect(speechEdges('end', 1310, 100, words, quiet)).toEqual([1300])
    expect(speechEdges('end', 4450, 100, words, quiet)).toEqual([4500])
    expect(speechEdges('start', 3000, 100, words, quiet)).toEqual([])
  })

  test('to where the sound begins, or ends, but to no click and no noise', () => {
    const loud = Uint8Array.from({ length: 400 }, (_, frame) => (frame >= 100 && frame < 150 ? 120 : 8))
    expect(speechEdges('start', 1580, 100, [], loud)).toEqual([1600])
    expect(speechEdges('end', 1580, 100, [], loud)).toEqual([])
    expect(speechEdges('end', 2420, 100, [], loud)).toEqual([2400])
    expect(speechEdges('start', 1580, 100, [], loud.map((_, frame) => (frame === 100 ? 120 : 8)))).toEqual([])
    expect(speechEdges('start', 1580, 100, [], loud.map((peak) => (peak > 100 ? 25 : 8)))).toEqual([])
    expect(speechEdges('start', 0, 100, [], loud)).toEqual([])
  })

  test('to the nearest, within so many ms', () => {
    expect(snapped(1003, [1000, 1008], 10)).toBe(1000)
    expect(snapped(1005.4, [1016], 10)).toBe(1005.4)
    expect(snapped(1005, [], 10)).toBe(1005)
  })
})

test('a bracket is one on every keyboard, and with Alt where somebody types', () => {
  const pressed = (key: string, code: string, more: object = {}) => ({ key, code, altKey: false, ctrlKey: false, metaKey: false, ...more })
  expect(bracketOf(pressed('[', 'BracketLeft'), false)).toBe('start')
  expect(bracketOf(pressed('ü', 'BracketLeft'), false)).toBe('start') // German: Ü and +
  expect(bracketOf(pressed('[', 'Digit8', { altKey: true, ctrlKey: true }), false)).toBe('start') // AltGr
  expect(bracketOf(pressed(']', 'BracketRight'), true)).toBeNull()
  expect(bracketOf(pressed(']', 'BracketRight', { altKey: true }), true)).toBe('end')
  expect(bracketOf(pressed('[', 'Digit8', { altKey: true, ctrlKey: true }), true)).toBeNull()
})
