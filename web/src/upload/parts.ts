/** Brings one file to S3 in parts, each to an address of its own (aisubs/adapters/store/s3/upload.py).
 *
 *  Which parts are there is told by their ETags, which are kept: after a reload only the others are sent. One that is sent
 *  twice replaces itself, so a lost answer costs bytes and nothing else. */
import type { Parts } from '@/backend/types.ts'
import type { SendEvent, Outcome, Sending } from './sending.ts'
import { isPassing, refusal, type Refused, request, type XhrAnswer, waitMs } from './xhr.ts'

export interface SendingParts extends Omit<Sending, 'url' | 'send' | 'firstChunk'> {
  parts: Parts
  /** By part; '' for one that is not there yet. */
  etags: readonly string[]
  keep: (etags: string[]) => Promise<void>
}

type Step = { kind: 'done'; etag: string } | { kind: 'gone' } | { kind: 'lost' } | { kind: 'stopped' } | Refused

export async function sendParts(sending: SendingParts, tell: (event: SendEvent) => void): Promise<Outcome> {
  const { parts, file, signal } = sending
  const etags = parts.part_urls.map((_, at) => sending.etags[at] ?? '')
  const sizeOf = (at: number): number => Math.min(parts.part_bytes, file.size - at * parts.part_bytes)
  const confirmed = (): number => etags.reduce((sum, etag, at) => sum + (etag ? sizeOf(at) : 0), 0)
  tell({ kind: 'progress', confirmed: confirmed(), inFlight: 0 })
  for (const [at, url] of parts.part_urls.entries()) {
    if (etags[at]) continue
    const start = at * parts.part_bytes
    const body = file.slice(start, start + sizeOf(at))
    const before = confirmed()
    const onProgress = (sent: number): void => tell({ kind: 'progress', confirmed: before, inFlight: Math.min(sent, body.size) })
    const sent = await insist(sending, tell, () => sendPart(url, body, signal, onProgress))
    if (sent.kind !== 'done') return sent
    etags[at] = sent.etag
    await sending.keep([...etags])
    tell({ kind: 'progress', confirmed: confirmed(), inFlight: 0 })
  }
  const completed = await insist(sending, tell, () => complete(parts.complete_url, etags, signal))
  return completed.kind === 'done' ? { kind: 'done' } : completed
}

/** Again and again, until it is done or there is no sense in it. */
async function insist(
  sending: SendingParts,
  tell: (event: SendEvent) => void,
  step: () => Promise<Step>,
): Promise<Exclude<Step, { kind: 'lost' }>> {
  for (let failures = 1; ; failures += 1) {
    const outcome = await step()
    const passing = outcome.kind === 'lost' || (outcome.kind === 'refused' && isPassing(outcome.status))
    if (!passing) return outcome
    const wish = outcome.kind === 'refused' ? outcome.retryAfterS : null
    const ms = waitMs(failures, wish, sending.random())
    tell({ kind: 'waiting', ms, reason: outcome.kind === 'lost' ? 'network' : 'server' })
    await sending.pause(ms)
    if (sending.signal.aborted) return { kind: 'stopped' }
    tell({ kind: 'sending' })
  }
}

async function sendPart(url: string, body: Blob, signal: AbortSignal, onProgress: (sent: number) => void): Promise<Step> {
  const answer = await request({ method: 'PUT', url, body, signal, onProgress })
  if (typeof answer === 'string') return { kind: answer }
  if (answer.status !== 200) return faultOf(answer)
  const etag = answer.header('ETag')
  if (etag) return { kind: 'done', etag }
  console.warn('aisubs: the bucket does not expose its ETag header, so parts cannot be put together.')
  return { kind: 'refused', status: 200, code: 'upload_refused', message: '', retryAfterS: null }
}

async function complete(url: string, etags: readonly string[], signal: AbortSignal): Promise<Step> {
  const parts = etags.map((etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${escaped(etag)}</ETag></Part>`)
  const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`
  const headers = { 'If-None-Match': '*', 'Content-Type': 'application/xml' }
  const answer = await request({ method: 'POST', url, headers, body, signal })
  if (typeof answer === 'string') return { kind: answer }
  // The object is there already: an earlier completion did it, and its answer was lost.
  if (answer.status === 412) return { kind: 'done', etag: '' }
  // S3 may think for minutes, with a 200 sent before it knows: the body tells (its docs, CompleteMultipartUpload).
  if (answer.status === 200 && answer.text.includes('<Error>')) return { ...refusal(answer), status: 500 }
  return answer.status === 200 ? { kind: 'done', etag: '' } : faultOf(answer)
}

/** 404 NoSuchUpload and 403 for an address whose time is over: another session may bring it. */
function faultOf(answer: XhrAnswer): Step {
  return answer.status === 404 || answer.status === 403 ? { kind: 'gone' } : refusal(answer)
}

const escaped = (text: string): string => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)
