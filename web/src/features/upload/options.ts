import * as v from 'valibot'
import type { Options } from '@/backend/types.ts'

const KEY = 'aisubs.options'

const count = v.fallback(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50))), null)
const Stored = v.object({
  language: v.fallback(v.nullable(v.string()), null),
  task: v.fallback(v.picklist(['transcribe', 'translate']), 'transcribe'),
  hotwords: v.fallback(v.nullable(v.pipe(v.string(), v.maxLength(400))), null),
  num_speakers: count,
  min_speakers: count,
  max_speakers: count,
})

const DEFAULTS: Options = {
  language: null,
  task: 'transcribe',
  hotwords: null,
  num_speakers: null,
  min_speakers: null,
  max_speakers: null,
}

/** Those of the last time. */
export function readOptions(): Options {
  try {
    const parsed = v.safeParse(Stored, JSON.parse(localStorage.getItem(KEY) ?? 'null'))
    return parsed.success ? parsed.output : DEFAULTS
  } catch {
    return DEFAULTS
  }
}

export function rememberOptions(options: Options): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(options))
  } catch {
    // They are chosen again next time.
  }
}
