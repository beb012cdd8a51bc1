import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { Job } from '@/backend/types.ts'
import { facts } from '@/features/jobs/words.ts'
import { de } from '@/i18n/de.ts'
import { en } from '@/i18n/en.ts'

const job = v.parse(Job, {
  job_id: 'a', status: 'completed', progress: 100, progress_ms: 1, filename: 'a', cached: false, windows: 1, version: 1, created_at: '',
  worked_s: 240,
})

describe('what a job has cost', () => {
  test('the time of workers at their price', () => {
    const price = { price_per_hour: 1.05, currency: 'USD' }
    expect(facts(job, en.jobs, 'en', 0, price)).toEqual(['cost about $0.07'])
    expect(facts(job, de.jobs, 'de', 0, price)).toEqual(['kostete etwa 0,07\u00a0$'])
    expect(facts({ ...job, worked_s: 1 }, en.jobs, 'en', 0, price), 'the smallest coin').toEqual(['cost about $0.01'])
  })

  test('nothing is said where no price is known, no worker was needed, or another server does not tell', () => {
    const price = { price_per_hour: 1.05, currency: 'USD' }
    expect(facts(job, en.jobs, 'en', 0)).toEqual([])
    expect(facts(job, en.jobs, 'en', 0, { price_per_hour: null, currency: null })).toEqual([])
    expect(facts({ ...job, worked_s: 0 }, en.jobs, 'en', 0, price)).toEqual([])
  })
})

describe('what was heard of a recording', () => {
  const heard = (audio_track: unknown, text = en.jobs): string[] =>
    facts(v.parse(Job, { ...job, worked_s: 0, audio_track }), text, 'en', 0)
  const track = { number: 2, of: 3, reason: 'each', language: null, title: '' }

  test.each([
    [track, 'audio track 2 of 3', 'Tonspur 2 von 3'],
    [{ ...track, in_turn: [{ number: 1 }, { number: 2, channel: null }] }, 'each of 2 audio tracks', 'jede von 2 Tonspuren'],
    [{ ...track, of: 1, in_turn: [{ channel: 0 }, { channel: 1 }] }, 'one person on each of two channels', 'auf zwei Kanälen je eine Person'],
  ])('%o', (said, english, german) => {
    expect(heard(said)).toEqual([english])
    expect(heard(said, de.jobs)).toEqual([german])
  })
})
