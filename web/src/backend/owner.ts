/** Who somebody is to a server, and the jobs that are theirs: the machine's owner by a session, others by a library key. */
import * as v from 'valibot'
import { Job, type JobRef } from './types.ts'
import { read, send } from './wire.ts'

export const Session = v.object({ token: v.string(), session_id: v.string() })
export type Session = v.InferOutput<typeof Session>

const Totals = v.object({
  jobs: v.number(),
  duration_ms: v.number(),
  size_bytes: v.number(),
  statuses: v.record(v.string(), v.number()),
  sources: v.record(v.string(), v.number()),
  tags: v.record(v.string(), v.number()),
})
export type Totals = v.InferOutput<typeof Totals>

const OwnJobs = v.object({ jobs: v.array(Job), total: v.number(), totals: v.optional(v.nullable(Totals), null) })
export type OwnJobs = v.InferOutput<typeof OwnJobs>

const Claimed = v.object({ claimed: v.number() })

export const SORTS = ['created', 'name', 'duration', 'size', 'expires', 'edited', 'completed'] as const
export type Sort = (typeof SORTS)[number]

/** What is asked of one's jobs; what is missing is not asked. */
export interface Wanted {
  page?: number
  perPage?: number
  statuses?: readonly string[]
  sources?: readonly string[]
  tags?: readonly string[]
  text?: string
  kept?: boolean
  edited?: boolean
  sort?: Sort
  order?: 'asc' | 'desc'
  totals?: boolean
}

/** `token`: a session of the machine's owner, or a library key. */
export interface Owner {
  /** Rejects with `sign_in_refused`. `device`: how the owner will know it again in the list of devices. */
  signIn(key: string, device: string): Promise<Session>
  signOut(token: string): Promise<void>
  /** Ends every session, and the link that made them. */
  signOutEverywhere(token: string): Promise<void>
  ownJobs(token: string, wanted: Wanted): Promise<OwnJobs>
  /** From now on these jobs, and those of these libraries, belong to `token`. At most 100 jobs. `revoke`: nothing else opens them. */
  claim(token: string, jobs: readonly JobRef[], libraries: readonly string[], revoke?: boolean): Promise<number>
}

const QUICK = { timeoutMs: 30_000 }

export function ownerOverHttp(base: string): Owner {
  return {
    async signIn(key, device) {
      return read(await send(`${base}/api/sign-in`, { body: { key, device }, ...QUICK }), Session)
    },
    async signOut(token) {
      await send(`${base}/api/sign-in`, { ref: { id: '', token }, method: 'DELETE', ...QUICK })
    },
    async signOutEverywhere(token) {
      await send(`${base}/api/sign-in?all=true`, { ref: { id: '', token }, method: 'DELETE', ...QUICK })
    },
    async ownJobs(token, wanted) {
      return read(await send(`${base}/api/jobs?${queryOf(wanted)}`, { ref: { id: '', token }, ...QUICK }), OwnJobs)
    },
    async claim(token, jobs, libraries, revoke = false) {
      const shown = jobs.map((job) => ({ job_id: job.id, access_token: job.token }))
      const body = { jobs: shown, libraries, revoke }
      return (await read(await send(`${base}/api/library/claim`, { ref: { id: '', token }, body, ...QUICK }), Claimed)).claimed
    },
  }
}

function queryOf({ page = 1, perPage = 100, statuses = [], sources = [], tags = [], ...more }: Wanted): string {
  const query = new URLSearchParams({ page: String(page), per_page: String(perPage) })
  for (const status of statuses) query.append('status', status)
  for (const source of sources) query.append('source', source)
  for (const tag of tags) query.append('tag', tag)
  const { text, kept, edited, sort, order, totals } = more
  for (const [name, value] of Object.entries({ text, kept, edited, sort, order, totals })) {
    if (value !== undefined && value !== '') query.set(name, String(value))
  }
  return query.toString()
}
