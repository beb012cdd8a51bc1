/** The Backend over HTTP. `base` is '' where page and API come from one origin (the local edition). */
import type { Backend, Downloaded } from './backend.ts'
import { factsOverHttp } from './facts.ts'
import { ownerOverHttp } from './owner.ts'
import { pushesOverHttp } from './pushes.ts'
import { sharesOverHttp } from './shares.ts'
import { transcriptsOverHttp } from './transcripts.ts'
import { Formats, Job, JobPage, Queue, type Session, Session as SessionSchema, Submitted, WindowPage } from './types.ts'
import { body, jobUrl, read, send } from './wire.ts'

const REFS_PER_REQUEST = 100
const QUICK = { timeoutMs: 30_000 }

export function httpBackend(base: string): Backend {
  return {
    ...factsOverHttp(base),
    ...transcriptsOverHttp(base),
    ...sharesOverHttp(base),
    ...pushesOverHttp(base),
    ...ownerOverHttp(base),
    async submit(file, options, key, { hash, tokens }) {
      const said = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null))
      const body = { ...said, filename: file.name, file_size_bytes: file.size, content_type: file.type || undefined }
      const headers: Record<string, string> = { 'Idempotency-Key': key }
      if (tokens.length > 0) headers['Authorization'] = tokens.map((token) => `Bearer ${token}`).join(', ')
      const reply = await send(`${base}/api/jobs/submit`, { body: hash ? { ...body, video_hash: hash } : body, headers })
      const submitted = await read(reply, Submitted)
      return { ...submitted, upload: submitted.upload && reachable(submitted.upload, base) }
    },
    async renew(ref) {
      return reachable(await read(await send(`${jobUrl(base, ref)}/upload`, { ref, body: {} }), SessionSchema), base)
    },
    async alive(ref) {
      await send(`${jobUrl(base, ref)}/upload/alive`, { ref, body: {}, ...QUICK })
    },
    async list(refs) {
      const whole: JobPage = { jobs: [], gone: [] }
      for (let start = 0; start < refs.length; start += REFS_PER_REQUEST) {
        const asked = refs.slice(start, start + REFS_PER_REQUEST)
        const jobs = asked.map((ref) => ({ job_id: ref.id, access_token: ref.token }))
        const body = { jobs, per_page: REFS_PER_REQUEST }
        const page = await read(await send(`${base}/api/jobs/list`, { body, ...QUICK }), JobPage)
        whole.jobs.push(...page.jobs)
        whole.gone.push(...page.gone)
      }
      return whole
    },
    async job(ref, etag) {
      const reply = await send(jobUrl(base, ref), { ref, ...QUICK, ...(etag ? { headers: { 'If-None-Match': etag } } : {}) })
      if (reply.status === 304) return 'unchanged'
      return { job: await read(reply, Job), etag: reply.headers.get('etag') }
    },
    async windows(ref, since) {
      return read(await send(`${jobUrl(base, ref)}/windows?since=${since}`, { ref, ...QUICK }), WindowPage)
    },
    async retry(ref) {
      return read(await send(`${jobUrl(base, ref)}/retry`, { ref, body: {} }), Job)
    },
    async cancel(ref) {
      return read(await send(`${jobUrl(base, ref)}?only=cancel`, { ref, method: 'DELETE' }), Job)
    },
    async cancelOrDelete(ref) {
      const reply = await send(jobUrl(base, ref), { ref, method: 'DELETE' })
      return reply.status === 204 ? null : read(reply, Job)
    },
    async download(ref, format, choice): Promise<Downloaded> {
      const query = new URLSearchParams()
      if (choice.profile) query.set('profile', choice.profile)
      if (choice.partial) query.set('partial', 'true')
      if (choice.revision !== undefined) query.set('revision', String(choice.revision))
      for (const [name, on] of Object.entries(choice.switches ?? {})) query.set(name, String(on))
      const reply = await send(`${jobUrl(base, ref)}/download/${encodeURIComponent(format)}?${query.toString()}`, { ref })
      return { blob: await body(() => reply.blob()), filename: filenameOf(reply) ?? `transcript.${format}` }
    },
    async queue() {
      return read(await send(`${base}/api/queue`, {}), Queue)
    },
    async formats() {
      return read(await send(`${base}/api/formats`, {}), Formats)
    },
  }
}

/** One server may have several names (localhost, an address in the LAN): its own store is reached by the page's. */
function reachable(session: Session, base: string): Session {
  const url = new URL(session.url, location.href)
  const ours = base === '' && url.pathname.startsWith('/upload/')
  return ours ? { ...session, url: `${location.origin}${url.pathname}${url.search}` } : session
}

function filenameOf(reply: Response): string | null {
  const coded = /filename\*=UTF-8''([^;]+)/.exec(reply.headers.get('content-disposition') ?? '')?.[1]
  return coded ? decodeURIComponent(coded) : null
}
