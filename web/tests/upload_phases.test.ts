/** What holds for the phases of an upload whatever happens in whatever order. */
import { describe, expect, test } from 'vitest'
import { type Happening, next, type Upload } from '@/upload/phases.ts'
import { NEW_UPLOAD } from './new_upload.ts'

const RUNS = 500
const LONGEST = 40

/** Mulberry32 (Tommy Ettinger): the same numbers for the same seed, so that a failure can be had again. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function anything(random: () => number): Happening {
  const share = random() * 1.2
  const all: Happening[] = [
    { on: 'inspected', rejection: random() < 0.2 ? 'not_media' : null, durationMs: 1000 },
    { on: 'start' },
    { on: 'turn' },
    { on: 'preparing', share, bytes: share * 100 },
    { on: 'prepared', extractSize: random() < 0.5 ? 100 : null, whole: null },
    { on: 'kept', reload: random() < 0.5 ? 'nothing' : 'file' },
    { on: 'announced', jobId: 'job' },
    { on: 'pause' },
    { on: 'wait', reason: 'network', until: 1 },
    { on: 'go on' },
    { on: 'wrong file', wrong: 'size', again: false },
    { on: 'done', jobId: 'job', cached: false, cachedAt: null, kept: true },
    { on: 'fail', code: 'internal', message: '' },
    { on: 'progress', share, speed: 1, leftS: 1 },
  ]
  // What is rare in life is rare here, or nothing would ever get far.
  const usual = all.filter(({ on }) => on !== 'done' && on !== 'fail')
  const from = random() < 0.9 ? usual : all
  return from[Math.floor(random() * from.length)] ?? { on: 'start' }
}

/** Every step of many random lives. */
function everyStep(check: (before: Upload, happening: Happening, after: Upload, told: string) => void): void {
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const random = numbers(seed)
    let upload = NEW_UPLOAD
    for (let step = 0; step < LONGEST; step += 1) {
      const happening = anything(random)
      const after = next(upload, happening)
      check(upload, happening, after, `seed ${seed}, step ${step}: ${happening.on} in ${upload.phase.name}`)
      upload = after
    }
  }
}

describe('whatever happens', () => {
  test('the bar never falls, and is full exactly when the upload is over', () => {
    everyStep((before, _, after, told) => {
      expect(after.share, told).toBeGreaterThanOrEqual(before.share)
      expect(after.share === 1, told).toBe(after.phase.name === 'submitted')
    })
  })

  test('what is over stays as it is', () => {
    everyStep((before, { on }, after, told) => {
      if (before.phase.name !== 'rejected' && before.phase.name !== 'submitted') return
      if (on !== 'kept') expect(after.phase, told).toBe(before.phase)
    })
  })

  test('a job that is known is never forgotten', () => {
    everyStep((before, _, after, told) => before.jobId && expect(after.jobId, told).toBe(before.jobId))
  })

  test('a paused upload is moved by people and by its end alone', () => {
    everyStep((before, { on }, after, told) => {
      if (before.phase.name === 'paused' && after.phase.name !== 'paused') expect(['start', 'done'], told).toContain(on)
    })
  })

  test('nothing is sent before the file was looked at and the button pressed', () => {
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const random = numbers(seed)
      let upload = NEW_UPLOAD
      for (let step = 0; step < LONGEST; step += 1) {
        const happening = anything(random)
        if (happening.on !== 'start') upload = next(upload, happening)
        expect(['queued', 'preparing', 'announcing', 'sending']).not.toContain(upload.phase.name)
      }
    }
  })

  test('what changes nothing gives the same object, so that nothing is drawn again', () => {
    everyStep((before, happening, after, told) => {
      if (JSON.stringify(before) === JSON.stringify(after)) expect(next(after, happening), told).toEqual(after)
      if (before.phase.name === 'paused' && happening.on === 'progress') expect(after, told).toBe(before)
    })
  })
})
