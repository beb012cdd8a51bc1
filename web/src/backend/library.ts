/** What only the library's own screens ask for: changing what a job is called and how long it stays, searching in all texts,
 *  many files at once, other devices. */
import * as v from 'valibot'
import type { Downloaded } from './backend.ts'
import { Job, type JobRef } from './types.ts'
import { body, jobUrl, read, send } from './wire.ts'

const Hit = v.object({
  start_ms: v.number(),
  text: v.string(),
  /** Places of the words that were searched for, in UTF-16 units. */
  ranges: v.array(v.tuple([v.number(), v.number()])),
})
export type Hit = v.InferOutput<typeof Hit>

const Hits = v.object({
  /** Jobs with hits. */
  total: v.number(),
  jobs: v.array(v.object({ job: Job, count: v.number(), hits: v.array(Hit) })),
})
export type Hits = v.InferOutput<typeof Hits>

const optionalText = v.optional(v.nullable(v.string()), null)
const Devices = v.object({
  sessions: v.array(
    v.object({
      session_id: v.string(),
      device: optionalText,
      created_at: v.string(),
      last_used_at: optionalText,
      current: v.boolean(),
    }),
  ),
})
export type Device = v.InferOutput<typeof Devices>['sessions'][number]

const SignInLink = v.object({ url: v.string(), reach: v.picklist(['network', 'machine']) })
export type SignInLink = v.InferOutput<typeof SignInLink>

export interface Change {
  /** Null: the file's name again. */
  title?: string | null
  tags?: readonly string[]
  keep?: boolean
}

const asOwner = (token: string): { ref: JobRef } => ({ ref: { id: '', token } })

export async function changeJob(base: string, ref: JobRef, change: Change): Promise<Job> {
  return read(await send(jobUrl(base, ref), { ref, method: 'PATCH', body: change }), Job)
}

export async function searchTexts(base: string, token: string, q: string, page: number): Promise<Hits> {
  const query = new URLSearchParams({ q, page: String(page), per_page: '20' })
  return read(await send(`${base}/api/search?${query.toString()}`, { ...asOwner(token), timeoutMs: 30_000 }), Hits)
}

/** A ZIP, of all formats where `format` is "all"; `missing` of the jobs had nothing to put in. */
export async function downloadMany(
  base: string,
  token: string,
  ids: readonly string[],
  format: string,
  chosen: { profile?: string; choices?: Record<string, string | boolean> } = {},
): Promise<Downloaded & { missing: number }> {
  const reply = await send(`${base}/api/jobs/download`, { ...asOwner(token), body: { job_ids: ids, format, ...chosen } })
  const missing = Number(reply.headers.get('x-missing') ?? 0)
  return { blob: await body(() => reply.blob()), filename: `aisubs-${format}.zip`, missing }
}

export async function devices(base: string, token: string): Promise<Device[]> {
  return (await read(await send(`${base}/api/sign-in`, asOwner(token)), Devices)).sessions
}

export async function endDevice(base: string, token: string, sessionId: string): Promise<void> {
  await send(`${base}/api/sign-in/${encodeURIComponent(sessionId)}`, { ...asOwner(token), method: 'DELETE' })
}

/** With this link another device of the owner signs in. */
export async function signInLink(base: string, token: string): Promise<SignInLink> {
  return read(await send(`${base}/api/sign-in/link`, asOwner(token)), SignInLink)
}
