/** One request and its answer, the same for every part of the API: tokens in headers, faults as BackendError. */
import * as v from 'valibot'
import { BackendError } from './backend.ts'
import { noteServerDate } from './server_clock.ts'
import { noteSignedOut } from './signed_out.ts'
import type { JobRef } from './types.ts'

const ErrorBody = v.object({ error: v.object({ code: v.string(), message: v.string(), retryable: v.boolean() }) })

export interface ApiRequest {
  ref?: JobRef
  method?: string
  body?: object
  headers?: Record<string, string>
  /** The request outlives the page; its body may hold 64 KiB. */
  keepalive?: boolean
  /** For small answers: after so long there is none. A dead connection would be waited for without end. */
  timeoutMs?: number
}

export async function send(url: string, request: ApiRequest): Promise<Response> {
  const { ref, method, body: content, headers, keepalive = false, timeoutMs } = request
  const all = new Headers(headers)
  if (ref) all.set('Authorization', `Bearer ${ref.token}`)
  if (content) all.set('Content-Type', 'application/json')
  const init: RequestInit = { method: method ?? (content ? 'POST' : 'GET'), headers: all, cache: 'no-store', keepalive }
  if (content) init.body = JSON.stringify(content)
  if (timeoutMs !== undefined) init.signal = AbortSignal.timeout(timeoutMs)
  const reply = await body(() => fetch(url, init))
  noteServerDate(reply.headers.get('date'))
  if (reply.ok || reply.status === 304) return reply
  const fault = await refusal(reply)
  if (fault.code === 'signed_out') noteSignedOut(all.get('Authorization') ?? '')
  throw fault
}

/** What fetch throws while a body comes or no answer does: TypeError in every browser, without a reason. */
export async function body<T>(receive: () => Promise<T>): Promise<T> {
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
  if (!said.success) return new BackendError('bad_answer', `HTTP ${reply.status}`, reply.status >= 500, retryAfterS)
  const { code, message, retryable } = said.output.error
  return new BackendError(code, message, retryable, retryAfterS)
}

export async function read<S extends v.GenericSchema>(reply: Response, schema: S): Promise<v.InferOutput<S>> {
  const parsed = v.safeParse(schema, parse(await body(() => reply.text())))
  if (!parsed.success) throw new BackendError('bad_answer', v.summarize(parsed.issues), false)
  return parsed.output
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // fits no schema, which is how it is told
  }
}

export const jobUrl = (base: string, ref: JobRef): string => `${base}/api/jobs/${encodeURIComponent(ref.id)}`
