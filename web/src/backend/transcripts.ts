/** The text of a job in columns, its edited versions, and its subtitles. */
import * as v from 'valibot'
import type { CaptionOperation } from './caption_operations.ts'
import { readLarge } from './large_answer.ts'
import parserUrl from './transcript_parser.worker.ts?worker&url'
import { Paragraph, TranscriptBody } from './transcript_body.ts'
import type { JobRef } from './types.ts'
import { jobUrl, read, send } from './wire.ts'

export { Paragraph, TranscriptBody }

/** aisubs/http/revisions.py says what the server refuses. */
export type Operation =
  | { op: 'splice'; remove: string[]; before: string | null; insert: Paragraph[] }
  | { op: 'relabel'; ids: string[]; speaker: string | null }
  | { op: 'name'; speaker: string; name: string | null }
  | CaptionOperation

const Saved = v.object({ revision: v.number(), saved_at: v.string() })
export type Saved = v.InferOutput<typeof Saved>

const Revisions = v.object({
  newest: v.number(),
  revisions: v.array(
    v.object({
      revision: v.number(),
      saved_at: v.string(),
      changes: v.number(),
      restored_from: v.optional(v.nullable(v.number()), null),
    }),
  ),
})
export type Revisions = v.InferOutput<typeof Revisions>

const Cues = v.object({
  profile: v.string(),
  revision: v.number(),
  limits: v.record(v.string(), v.nullable(v.number())),
  /** ms, as `ends`. */
  starts: v.array(v.number()),
  ends: v.array(v.number()),
  texts: v.array(v.string()),
  /** Id of the paragraph in which each cue begins, and the index of its first word there; of its last word, the same. A
   *  cue without words of the text has the paragraph behind it, and no words. */
  paragraphs: v.array(v.string()),
  words: v.array(v.nullable(v.number())),
  last_paragraphs: v.array(v.string()),
  last_words: v.array(v.nullable(v.number())),
  pins: v.array(v.object({ cue: v.number(), start: v.boolean(), end: v.boolean() })),
  places: v.array(v.object({ cue: v.number(), position: v.nullable(v.string()), align: v.nullable(v.string()) })),
  own: v.array(v.object({ cue: v.number(), id: v.string(), kind: v.string() })),
  violations: v.array(v.object({ cue: v.number(), rule: v.string(), value: v.number(), limit: v.number() })),
  /** What people decided and cannot have, or what that costs this cue. */
  warnings: v.array(v.object({ cue: v.number(), why: v.string(), wanted_ms: v.number(), shown_ms: v.number() })),
})
export type Cues = v.InferOutput<typeof Cues>

export interface Transcripts {
  /** 'unchanged' when `etag` still stands. Without `revision` the newest. */
  transcript(
    ref: JobRef,
    ask: { revision?: number; etag?: string | null },
  ): Promise<{ transcript: TranscriptBody; etag: string | null } | 'unchanged'>
  /** Rejects with `revision_conflict` when `base` is not the newest any more. `keepalive`: the page is being left. */
  saveRevision(ref: JobRef, base: number, operations: readonly Operation[], keepalive?: boolean): Promise<Saved>
  revisions(ref: JobRef): Promise<Revisions>
  /** A new revision with the text of an older one; 0 is the machine's. */
  restoreRevision(ref: JobRef, base: number, revision: number): Promise<Saved>
  /** A new revision whose speakers are told apart anew; null: the sound decides how many there are. */
  redoSpeakers(ref: JobRef, base: number, number: number | null): Promise<Saved>
  cues(ref: JobRef, profile: string, revision?: number): Promise<Cues>
}

export function transcriptsOverHttp(base: string): Transcripts {
  const ifMatch = (revision: number): Record<string, string> => ({ 'If-Match': `"${revision}"` })
  return {
    async transcript(ref, { revision, etag }) {
      const query = revision === undefined ? '' : `?revision=${revision}`
      const headers = etag ? { 'If-None-Match': etag } : {}
      const reply = await send(`${jobUrl(base, ref)}/transcript${query}`, { ref, headers })
      if (reply.status === 304) return 'unchanged'
      return { transcript: await readLarge(reply, TranscriptBody, parserUrl), etag: reply.headers.get('etag') }
    },
    async saveRevision(ref, revision, operations, keepalive = false) {
      const request = { ref, body: { operations }, headers: ifMatch(revision), keepalive }
      return read(await send(`${jobUrl(base, ref)}/revisions`, request), Saved)
    },
    async revisions(ref) {
      return read(await send(`${jobUrl(base, ref)}/revisions`, { ref }), Revisions)
    },
    async restoreRevision(ref, newest, revision) {
      const request = { ref, body: { revision }, headers: ifMatch(newest) }
      return read(await send(`${jobUrl(base, ref)}/revisions/restore`, request), Saved)
    },
    async redoSpeakers(ref, newest, number) {
      const request = { ref, body: number === null ? {} : { num_speakers: number }, headers: ifMatch(newest) }
      return read(await send(`${jobUrl(base, ref)}/speakers`, request), Saved)
    },
    async cues(ref, profile, revision) {
      const query = new URLSearchParams({ profile, ...(revision === undefined ? {} : { revision: String(revision) }) })
      return read(await send(`${jobUrl(base, ref)}/cues?${query.toString()}`, { ref }), Cues)
    },
  }
}
