/** The Backend over HTTP. `base` is '' where page and API come from one origin (the local edition). */
import * as v from 'valibot'
import { type Backend, BackendError, type Downloaded } from './backend.ts'
import { Formats, Job, JobPage, type JobRef, Queue, Session, Submitted, WindowPage } from './types.ts'

const REFS_PER_REQUEST = 100
const ErrorBody = v.object({ error: v.object({ code: v.string(), message: v.string(), retryable: v.boolean() }) })

export function httpBackend(base: string): Backend {
  return {
    async submit(file, options, key) {
      const said = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null))
      const body = { ...said, filename: file.name, file_size_bytes: file.size, content_type: file.type || undefined }
      const reply = await send(`${base}/api/jobs/submit`, { body, headers: { 'Idempotency-Key': key } })
      const submitted = await read(reply, Submitted)
      return { ...submitted, upload: submitted.upload && reachable(submitted.upload, base) }
    },
    async renew(ref) {
      return reachable(await read(await send(`${jobUrl(base, ref)}/upload`, { ref, body: {} }), Session), base)
    },
    async list(refs) {
      const whole: JobPage = { jobs: [], gone: [] }
      for (let start = 0; start < refs.length; start += REFS_PER_REQUEST) {
        const asked = refs.slice(start, start + REFS_PER_REQUEST)
        const jobs = asked.map((ref) => ({ job_id: ref.id, access_token: ref.token }))
        const body = { jobs, per_page: REFS_PER_REQUEST }
        const page = await read(await send(`${base}/api/jobs/list`, { body }), JobPage)
        whole.jobs.push(...page.jobs)
        whole.gone.push(...page.gone)
      }
      return whole
    },
    async job(ref, etag) {
      const reply = await send(jobUrl(base, ref), { ref, ...(etag ? { headers: { 'If-None-Match': etag } } : {}) })
      if (reply.status === 304) return 'unchanged'
      return { job: await read(reply, Job), etag: reply.headers.get('etag') }
    },
    async windows(ref, since) {
      return read(await send(`${jobUrl(base, ref)}/windows?since=${since}`, { ref }), WindowPage)
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

interface Request {
  ref?: JobRef
  method?: string
  body?: object
  headers?: Record<string, string>
}

async function send(url: string, { ref, method, body: content, headers }: Request): Promise<Response> {
  const all = new Headers(headers)
  if (ref) all.set('Authorization', `Bearer ${ref.token}`)
  if (content) all.set('Content-Type', 'application/json')
  const init: RequestInit = { method: method ?? (content ? 'POST' : 'GET'), headers: all, cache: 'no-store' }
  if (content) init.body = JSON.stringify(content)
  const reply = await body(() => fetch(url, init))
  if (reply.ok || reply.status === 304) return reply
  throw await refusal(reply)
}

/** What fetch throws while a body comes or no answer does: TypeError in every browser, without a reason. */
async function body<T>(receive: () => Promise<T>): Promise<T> {
  try {
    return await receive()
  } catch (fault) {
    throw new BackendError('offline', String(fault), true)
  }
}

async function refusal(reply: Response): Promise<BackendError> {
  const text = await body(() => reply.text())
  const after = Number(reply.headers.get('retry-after') ?? Number.NaN)
  const said = v.safeParse(ErrorBody, parse(text))
  const retryAfterS = Number.isFinite(after) ? after : null
  if (!said.success) return new BackendError('unreadable', `HTTP ${reply.status}`, reply.status >= 500, retryAfterS)
  const { code, message, retryable } = said.output.error
  return new BackendError(code, message, retryable, retryAfterS)
}

async function read<S extends v.GenericSchema>(reply: Response, schema: S): Promise<v.InferOutput<S>> {
  const parsed = v.safeParse(schema, parse(await body(() => reply.text())))
  if (!parsed.success) throw new BackendError('unreadable', v.summarize(parsed.issues), false)
  return parsed.output
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // fits no schema, which is how it is told
  }
}

const jobUrl = (base: string, ref: JobRef): string => `${base}/api/jobs/${encodeURIComponent(ref.id)}`

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
