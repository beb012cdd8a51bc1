/** @vitest-environment jsdom */
import { beforeEach, describe, expect, test } from 'vitest'
import type { ServerConfig } from '@/backend/facts.ts'
import { agreeing, channelsMatter, fitting, readWish, rememberWish, speakersOf } from '@/features/upload/options.ts'
import type { Wish } from '@/upload/task.ts'

const ALL: ServerConfig = {
  edition: 'cloud',
  version: '1',
  upload: { alive_every_s: null },
  limits: { max_upload_bytes: 1, max_duration_ms: 1, queue_capacity: 1, concurrency: 1 },
  retention_hours: 1,
  cancel_running: false,
  model: 'large',
  models: ['large', 'small'],
  second_opinion: '',
  second_opinions: ['large'],
  translator: null,
  toy: false,
  has_model: true,
  languages: ['en', 'de'],
  translate: true,
  diarize: true,
  diarize_usual: false,
  profiles: {},
  live: { kind: 'none' },
  push: null,
  price_per_hour: null,
  currency: null,
  sign_in: { link: false, anonymous: true, oidc: null, supabase: null },
  keep: false,
  videos: [],
  share: null,
}
const WISH: Wish = {
  options: {
    language: 'de',
    languages: ['de', 'en'],
    task: 'translate',
    hotwords: 'Anna',
    audio_track: null,
    diarize: true,
    num_speakers: 2,
    min_speakers: null,
    max_speakers: null,
    channels: 'dialogue',
    model: 'small',
    second_opinion: 'large',
  },
  whole: true,
}

beforeEach(() => localStorage.clear())

describe('the speakers', () => {
  const none = { ...WISH.options, diarize: null, num_speakers: null }
  test.each([
    [none, false, 'off'],
    [none, true, 'any'],
    [{ ...none, diarize: false }, true, 'off'],
    [{ ...none, diarize: true }, false, 'any'],
    [WISH.options, false, 'exact'],
    [{ ...none, max_speakers: 4 }, false, 'range'],
  ] as const)('%o where it is usual: %s', (options, usual, shown) => expect(speakersOf(options, usual)).toBe(shown))
})

describe('two channels with a person each', () => {
  const any = { ...WISH.options, num_speakers: null }
  test.each([
    [any, true],
    [WISH.options, true],
    [{ ...any, min_speakers: 2, max_speakers: 4 }, true],
    [{ ...any, max_speakers: 1 }, false],
    [{ ...any, min_speakers: 3 }, false],
    [{ ...any, num_speakers: 3 }, false],
    [{ ...any, audio_track: 'each' }, false],
    [{ ...any, diarize: false }, false],
  ] as const)('%o may be so: %s', (options, may) => {
    expect(channelsMatter(options, false)).toBe(may)
    expect(agreeing(options, false)).toEqual(may ? options : { ...options, channels: null })
  })

  test('are nothing to choose where speakers are not usually told apart, and are where they are', () => {
    const unsaid = { ...any, diarize: null }
    expect([false, true].map((usual) => channelsMatter(unsaid, usual))).toEqual([false, true])
  })
})

describe('the settings of the last time', () => {
  test('come back', () => {
    rememberWish(WISH)
    expect(readWish()).toEqual(WISH)
  })

  test('come back without the audio track, which the next recording may not have', () => {
    rememberWish({ ...WISH, options: { ...WISH.options, audio_track: '2' } })
    expect(readWish()).toEqual(WISH)
  })

  test.each(['', 'null', '5', '{', '{"task":"sing","num_speakers":900,"channels":"left","whole":"yes"}'])('are the usual ones after %s', (text) => {
    const usual = readWish()
    localStorage.setItem('aisubs.options', text)
    expect(readWish()).toEqual(usual)
    expect(usual).toMatchObject({ whole: false, options: { task: 'transcribe', language: null, model: null } })
  })

  test('fit a server that can do all, and one that has not said', () => {
    expect(fitting(WISH, ALL)).toEqual(WISH)
    expect(fitting(WISH, null)).toEqual(WISH)
  })

  test('do not tell speakers apart by their channels where that is not usual any more', () => {
    const unsaid = { ...WISH, options: { ...WISH.options, diarize: null, num_speakers: null } }
    expect(fitting(unsaid, ALL).options.channels).toBeNull()
    expect(fitting(unsaid, { ...ALL, diarize_usual: true })).toEqual(unsaid)
  })

  test('lose what this server cannot do', () => {
    const little = { ...ALL, translate: false, diarize: false, models: ['large'], second_opinions: [], languages: ['en'] }
    const { options, whole } = fitting(WISH, little)
    expect(options).toEqual({ ...WISH.options, language: null, languages: ['en'], task: 'transcribe', diarize: null, num_speakers: null, channels: null, model: null, second_opinion: null })
    expect(whole).toBe(true)
  })

  test('may leave out a second opinion that the server asks for by itself, and name another', () => {
    const asks = { ...ALL, second_opinion: 'large', second_opinions: ['large', 'largest'] }
    const chosen = (name: string) => fitting({ ...WISH, options: { ...WISH.options, second_opinion: name } }, asks).options.second_opinion
    expect(['none', 'largest', 'large', 'gone'].map(chosen)).toEqual(['none', 'largest', null, null])
  })

  test('name no language that is not among those that may be spoken', () => {
    const only = (languages: string[]) => fitting({ ...WISH, options: { ...WISH.options, languages } }, ALL).options
    expect(only(['en'])).toMatchObject({ language: null, languages: ['en'] })
    expect(only(['fr'])).toMatchObject({ language: 'de', languages: [] })
  })

  test('name no model where it is the usual one', () => {
    expect(fitting({ ...WISH, options: { ...WISH.options, model: 'large' } }, ALL).options.model).toBeNull()
  })
})
