/** @vitest-environment jsdom */
import { beforeEach, describe, expect, test } from 'vitest'
import type { ServerConfig } from '@/backend/facts.ts'
import { fitting, readWish, rememberWish } from '@/features/upload/options.ts'
import type { Wish } from '@/upload/task.ts'

const ALL: ServerConfig = {
  edition: 'cloud',
  version: '1',
  limits: { max_upload_bytes: 1, max_duration_ms: 1, queue_capacity: 1, concurrency: 1 },
  retention_hours: 1,
  cancel_running: false,
  model: 'large',
  models: ['large', 'small'],
  languages: ['en', 'de'],
  translate: true,
  diarize: true,
  profiles: {},
  live: { kind: 'none' },
  push: null,
  currency: null,
}
const WISH: Wish = {
  options: {
    language: 'de',
    task: 'translate',
    hotwords: 'Anna',
    num_speakers: 2,
    min_speakers: null,
    max_speakers: null,
    model: 'small',
  },
  whole: true,
}

beforeEach(() => localStorage.clear())

describe('the settings of the last time', () => {
  test('come back', () => {
    rememberWish(WISH)
    expect(readWish()).toEqual(WISH)
  })

  test.each(['', 'null', '5', '{', '{"task":"sing","num_speakers":900,"whole":"yes"}'])('are the usual ones after %s', (text) => {
    const usual = readWish()
    localStorage.setItem('aisubs.options', text)
    expect(readWish()).toEqual(usual)
    expect(usual).toMatchObject({ whole: false, options: { task: 'transcribe', language: null, model: null } })
  })

  test('fit a server that can do all, and one that has not said', () => {
    expect(fitting(WISH, ALL)).toEqual(WISH)
    expect(fitting(WISH, null)).toEqual(WISH)
  })

  test('lose what this server cannot do', () => {
    const little = { ...ALL, translate: false, diarize: false, models: ['large'], languages: ['en'] }
    const { options, whole } = fitting(WISH, little)
    expect(options).toEqual({ ...WISH.options, language: null, task: 'transcribe', num_speakers: null, model: null })
    expect(whole).toBe(true)
  })

  test('name no model where it is the usual one', () => {
    expect(fitting({ ...WISH, options: { ...WISH.options, model: 'large' } }, ALL).options.model).toBeNull()
  })
})
