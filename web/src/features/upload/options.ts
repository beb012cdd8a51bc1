import * as v from 'valibot'
import type { ServerConfig } from '@/backend/facts.ts'
import type { Wish } from '@/upload/task.ts'

const KEY = 'aisubs.options'

const count = v.fallback(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50))), null)
const Stored = v.object({
  language: v.fallback(v.nullable(v.string()), null),
  languages: v.fallback(v.array(v.string()), []),
  task: v.fallback(v.picklist(['transcribe', 'translate']), 'transcribe'),
  hotwords: v.fallback(v.nullable(v.pipe(v.string(), v.maxLength(400))), null),
  diarize: v.fallback(v.nullable(v.boolean()), null),
  num_speakers: count,
  min_speakers: count,
  max_speakers: count,
  channels: v.fallback(v.nullable(v.picklist(['dialogue', 'mono'])), null),
  model: v.fallback(v.nullable(v.string()), null),
  second_opinion: v.fallback(v.nullable(v.string()), null),
  whole: v.fallback(v.boolean(), false),
})

/** Those of the last time. */
export function readWish(): Wish {
  const { whole, ...options } = v.parse(Stored, stored())
  return { options: { ...options, audio_track: null }, whole }
}

/** But not the audio track: the next recording may have no such one. */
export function rememberWish({ options, whole }: Wish): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...options, audio_track: undefined, whole }))
  } catch {
    // They are chosen again next time.
  }
}

/** What was chosen on another day, without what this server cannot do. Null: it has not said what it can. */
export function fitting({ options, whole }: Wish, config: ServerConfig | null): Wish {
  if (!config) return { options, whole }
  const some = { ...options }
  if (!config.translate) some.task = 'transcribe'
  if (!config.diarize) some.diarize = some.num_speakers = some.min_speakers = some.max_speakers = some.channels = null
  if (some.model !== null && (!config.models.includes(some.model) || some.model === config.models[0])) some.model = null
  if (some.second_opinion !== null && !secondChoices(config).includes(some.second_opinion)) some.second_opinion = null
  some.languages = some.languages.filter((code) => config.languages.includes(code))
  if (some.language !== null && !(some.languages.length > 0 ? some.languages : config.languages).includes(some.language))
    some.language = null
  return { options: agreeing(some, config.diarize_usual), whole }
}

export type Speakers = 'off' | 'any' | 'exact' | 'range'

/** What is chosen about speakers; `usual`: whether the server tells them apart by itself. */
export function speakersOf(options: Wish['options'], usual: boolean): Speakers {
  if (options.num_speakers !== null) return 'exact'
  if (options.min_speakers !== null || options.max_speakers !== null) return 'range'
  return (options.diarize ?? usual) ? 'any' : 'off'
}

/** Whether two channels may have a person each: where speakers are told apart, and may be two. */
export function channelsMatter(options: Wish['options'], usual: boolean): boolean {
  const { num_speakers: exact, min_speakers: least, max_speakers: most, audio_track: track } = options
  return speakersOf(options, usual) !== 'off' && track !== 'each' && (exact ?? 2) === 2 && (least ?? 1) <= 2 && (most ?? 2) >= 2
}

/** The same without a choice that contradicts the others, which the server would refuse. */
export function agreeing(options: Wish['options'], usual: boolean): Wish['options'] {
  return options.channels !== null && !channelsMatter(options, usual) ? { ...options, channels: null } : options
}

/** What may be chosen for a second opinion, beside what the server does by itself (null). */
export function secondChoices(config: ServerConfig): string[] {
  const { second_opinion: usual, second_opinions: names } = config
  return [...(usual ? ['none'] : []), ...names.filter((name) => name !== usual)]
}

function stored(): object {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
