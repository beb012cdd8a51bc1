/** What whoever runs the server sees and does: the line, the use that each makes of it, their limits. Everything rejects with
 *  `not_admin` for others. */
import * as v from 'valibot'
import { read, send } from './wire.ts'

const optionalNumber = v.optional(v.nullable(v.number()), null)
const optionalText = v.optional(v.nullable(v.string()), null)

/** Whose a job is and how it goes; nothing of what is said in it, and not its name. */
const QueuedJob = v.object({
  job_id: v.string(),
  status: v.picklist(['uploading', 'pending', 'processing', 'failed']),
  /** `account:` and its id, `machine` (its owner), `house` (what was dropped), or `anonymous`. */
  sender: v.string(),
  created_at: v.string(),
  position: optionalNumber,
  /** In percent. */
  progress: v.number(),
  duration_ms: optionalNumber,
  file_size_bytes: optionalNumber,
  error_code: optionalText,
})
export type QueuedJob = v.InferOutput<typeof QueuedJob>

/** At work, waiting in the order in which they begin, being uploaded, and the newest that failed. */
const Line = v.object({ paused: v.boolean(), jobs: v.array(QueuedJob) })
export type Line = v.InferOutput<typeof Line>

/** Null: the usual of this server. 0: any. */
const limits = { jobs_per_day: optionalNumber, bytes_per_day: optionalNumber, minutes_per_month: optionalNumber }
export type Limits = Record<keyof typeof limits, number | null>

/** Days and months are UTC. */
const SenderUsage = v.object({
  sender: v.string(),
  jobs_today: v.number(),
  bytes_today: v.number(),
  minutes_today: v.number(),
  worker_s_today: v.number(),
  jobs_month: v.number(),
  bytes_month: v.number(),
  minutes_month: v.number(),
  worker_s_month: v.number(),
  ...limits,
})
export type SenderUsage = v.InferOutput<typeof SenderUsage>
const UsageList = v.object({ senders: v.array(SenderUsage) })

const asAdmin = (token: string): { ref: { id: string; token: string }; timeoutMs: number } => ({ ref: { id: '', token }, timeoutMs: 30_000 })

export async function line(base: string, token: string): Promise<Line> {
  return read(await send(`${base}/api/admin/queue`, asAdmin(token)), Line)
}

export async function usageOfAll(base: string, token: string): Promise<SenderUsage[]> {
  return (await read(await send(`${base}/api/admin/usage`, asAdmin(token)), UsageList)).senders
}

export async function setPaused(base: string, token: string, paused: boolean): Promise<void> {
  await send(`${base}/api/admin/paused`, { ...asAdmin(token), method: 'PUT', body: { paused } })
}

/** `raise`: it begins next. `fail`: it stops, and may be tried again. `retry`: a failed one is tried again. */
export type Deed = 'raise' | 'fail' | 'retry'

export async function doToJob(base: string, token: string, id: string, deed: Deed): Promise<void> {
  await send(`${base}/api/admin/jobs/${encodeURIComponent(id)}/${deed}`, { ...asAdmin(token), body: {} })
}

/** `sender`: the machine's owner or an account. */
export async function setLimits(base: string, token: string, sender: string, given: Limits): Promise<void> {
  await send(`${base}/api/admin/limits/${encodeURIComponent(sender)}`, { ...asAdmin(token), method: 'PUT', body: given })
}
