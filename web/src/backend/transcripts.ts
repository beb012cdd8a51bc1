/** The text of a job in columns, its edited versions, and its subtitles. */
import * as v from 'valibot'
import type { JobRef } from './types.ts'
import { jobUrl, read, send } from './wire.ts'

export const Paragraph = v.object({
  id: v.pipe(v.union([v.string(), v.number()]), v.transform(String)),
  speaker: v.nullable(v.string()),
  text: v.string(),
  /** UTF-16 code units from the start of `text`, one per word. */
  offsets: v.array(v.number()),
  /** ms from the start of the recording. */
  starts: v.array(v.number()),
  durations: v.array(v.number()),
  /** Whole percent, or null where nobody gave one. */
  conf: v.array(v.nullable(v.number())),
  edited: v.optional(v.boolean()),
})
export type Paragraph = v.InferOutput<typeof Paragraph>

export const TranscriptBody = v.object({
  schema: v.literal('aisubs-columns/1'),
  /** 0 is the machine's text. */
  revision: v.number(),
  newest: v.number(),
  version: v.number(),
  /** That of the job: only what is completed can be edited. */
  status: v.string(),
  title: v.string(),
  language: v.nullable(v.string()),
  duration_ms: v.number(),
  /** Up to here the text will not change any more, unless people change it. */
  final_until_ms: v.number(),
  /** Spans, in ms, that a person should listen to. Null while nothing is known of them. */
  coverage: v.optional(v.nullable(v.object({ unresolved: v.array(v.tuple([v.number(), v.number()])) })), null),
  /** Names that people gave to speakers' labels. */
  speakers: v.record(v.string(), v.string()),
  paragraphs: v.array(Paragraph),
})
export type TranscriptBody = v.InferOutput<typeof TranscriptBody>

/** aisubs/http/revisions.py says what the server refuses. */
export type Operation =
  | { op: 'splice'; remove: string[]; before: string | null; insert: Paragraph[] }
  | { op: 'relabel'; ids: string[]; speaker: string | null }
  | { op: 'name'; speaker: string; name: string | null }

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
  /** Id of the paragraph in which each cue begins. */
  paragraphs: v.array(v.string()),
  violations: v.array(v.object({ cue: v.number(), rule: v.string(), value: v.number(), limit: v.number() })),
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
      return { transcript: await read(reply, TranscriptBody), etag: reply.headers.get('etag') }
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
    async cues(ref, profile, revision) {
      const query = new URLSearchParams({ profile, ...(revision === undefined ? {} : { revision: String(revision) }) })
      return read(await send(`${jobUrl(base, ref)}/cues?${query.toString()}`, { ref }), Cues)
    },
  }
}
