import { describe, expect, test } from 'vitest'
import { Job, type Losses } from '@/backend/types.ts'
import { lossesDe } from '@/i18n/de/losses.ts'
import { lossesEn } from '@/i18n/en/losses.ts'
import { lossesLine } from '@/i18n/losses.ts'

const losses = (change: Partial<Losses>): Losses => ({
  unresolved_ms: 0, missing_ms: 0, stretches: 0, places: [], cut_at_ms: null, no_speech: false, no_speakers: false, unsaid_words: 0, ...change,
})
const unclear = losses({ unresolved_ms: 21_500, stretches: 5, places: [[2_000, 12_000], [30_100, 41_600], [50_000, 51_000], [60_000, 61_000]] })

describe('what a transcript does not tell', () => {
  test.each([
    [null, null],
    [losses({}), null],
    [losses({ no_speech: true }), 'No speech was found in this recording.'],
    [losses({ unsaid_words: 12 }), 'Words of the script that were not heard: 12.'],
    [losses({ no_speakers: true }), 'The speakers could not be told apart.'],
    [unclear, '0:22 of speech is unclear: 0:02-0:12, 0:30-0:42, 0:50-0:51 and 2 more places.'],
    [{ ...unclear, missing_ms: 5_000 }, /^0:22 of speech is unclear, 0:05 of it missing in the file: /],
    [{ ...unclear, missing_ms: 21_500 }, /^0:22 of sound is missing in the file: /],
    [losses({ cut_at_ms: 58_000 }), 'The file ends at 0:58, before its recording does.'],
  ])('%o', (given, said) => {
    const line = lossesLine(given, lossesEn)
    if (said instanceof RegExp) expect(line).toMatch(said)
    else expect(line).toBe(said)
  })

  test('in a message there is no room for places', () => {
    expect(lossesLine({ ...unclear, places: [] }, lossesDe, 0)).toBe('0:22 Sprache sind unklar.')
  })

  test('another server says it in another form, or not at all: the job is there all the same', async () => {
    const v = await import('valibot')
    const job = { job_id: 'a', status: 'completed', progress: 100, progress_ms: 1, filename: 'a', cached: false, windows: 1, version: 1, created_at: '' }
    expect(v.parse(Job, job).losses).toBeNull()
    expect(v.parse(Job, { ...job, losses: { strange: 1 } }).losses).toBeNull()
  })
})
