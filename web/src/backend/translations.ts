/** A text in other languages: /api/jobs/{id}/translations. Loaded with what shows it. */
import * as v from 'valibot'
import type { Downloaded } from './backend.ts'
import type { JobRef } from './types.ts'
import { body, jobUrl, read, send } from './wire.ts'

const Term = v.object({ source: v.string(), target: v.string() })
/** `source` in the original must be `target` in the translation. */
export type Term = v.InferOutput<typeof Term>

const Translation = v.object({
  language: v.string(),
  state: v.picklist(['waiting', 'working', 'completed', 'failed']),
  progress: v.number(),
  untranslated: v.number(),
  doubtful: v.number(),
  /** Sentences that are people's words. */
  corrected: v.number(),
  /** Of those, written for what the original said before. */
  to_check: v.number(),
  stale: v.number(),
  /** Sentences of the original that are in no translation. */
  added: v.number(),
  source_language: v.string(),
  /** Above 0: people have corrected it. */
  revision: v.number(),
  /** Empty for who reads by a link. */
  glossary: v.array(Term),
  error_code: v.nullable(v.string()),
  error: v.nullable(v.string()),
  /** When a translator that does not answer is asked again. */
  not_before: v.nullable(v.string()),
})
export type Translation = v.InferOutput<typeof Translation>

const Pair = v.object({
  seq: v.number(),
  start_ms: v.nullable(v.number()),
  source: v.string(),
  text: v.nullable(v.string()),
  state: v.picklist(['waiting', 'translated', 'untranslated', 'same']),
  doubts: v.array(Term),
  stale: v.boolean(),
  corrected: v.boolean(),
  to_check: v.boolean(),
})
export type Pair = v.InferOutput<typeof Pair>

const List = v.object({ translations: v.array(Translation) })
const Pairs = v.object({ translation: v.object({ revision: v.number() }), pairs: v.array(Pair) })
export type Pairs = v.InferOutput<typeof Pairs>
const Saved = v.object({ revision: v.number() })

export async function translations(base: string, ref: JobRef): Promise<readonly Translation[]> {
  return (await read(await send(`${jobUrl(base, ref)}/translations`, { ref }), List)).translations
}

/** Has it made. The same again goes on with one that has failed, and makes anew what was corrected in the original since. */
export async function translate(base: string, ref: JobRef, language: string, glossary: readonly Term[]): Promise<Translation> {
  return read(await send(`${jobUrl(base, ref)}/translations`, { ref, body: { language, glossary } }), Translation)
}

/** With all that people have corrected in it. */
export async function deleteTranslation(base: string, ref: JobRef, language: string): Promise<void> {
  await send(`${jobUrl(base, ref)}/translations/${language}`, { ref, method: 'DELETE' })
}

/** Each sentence of the original beside its translation, and the revision that this is. */
export async function pairsOf(base: string, ref: JobRef, language: string): Promise<Pairs> {
  return read(await send(`${jobUrl(base, ref)}/translations/${language}`, { ref }), Pairs)
}

/** Puts a sentence into other words; the same ones say that they are right. The revision that this makes. */
export async function reword(base: string, ref: JobRef, language: string, seq: number, text: string, revision: number): Promise<number> {
  const headers = { 'If-Match': `"${revision}"` }
  const url = `${jobUrl(base, ref)}/translations/${language}/sentences/${seq}`
  return (await read(await send(url, { ref, method: 'PUT', body: { text }, headers }), Saved)).revision
}

export async function subtitlesIn(base: string, ref: JobRef, language: string, name: string): Promise<Downloaded> {
  const reply = await send(`${jobUrl(base, ref)}/download/srt?language=${language}`, { ref })
  return { blob: await body(() => reply.blob()), filename: `${name.replace(/\.[A-Za-z0-9]{1,8}$/, '').replaceAll('/', '-')}.${language}.srt` }
}
