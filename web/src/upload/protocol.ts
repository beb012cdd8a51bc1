/** One request of Google's resumable protocol, as a page sends it.
 *
 *  Cloud Storage docs "Resumable uploads": `Content-Range: bytes a-b/total` with a body, `bytes` + ` *` + `/total` to ask;
 *  308 with `Range: bytes=0-N` means N+1 bytes are stored, 308 without Range none, 200 or 201 that it is complete. */

import { type Refused, refusal, request, type XhrAnswer } from './xhr.ts'

/** `stored`: how many bytes the server has, null when it said nothing (none, or its header is hidden from us). */
export type Reply =
  | { kind: 'done' }
  | { kind: 'more'; stored: number | null }
  | { kind: 'gone' }
  | Refused
  | { kind: 'lost' }
  | { kind: 'stopped' }

export interface Put {
  url: string
  total: number
  /** Bytes [start, end) of the file; without it the server is asked how far it is. */
  chunk?: { start: number; end: number; body: Blob }
  signal: AbortSignal
  onProgress?: (sent: number) => void
}

export type Send = (put: Put) => Promise<Reply>

export const sendByXhr: Send = async ({ url, total, chunk, signal, onProgress }) => {
  const answer = await request({
    method: 'PUT',
    url,
    headers: { 'Content-Range': contentRange(total, chunk) },
    body: chunk ? chunk.body : null,
    signal,
    ...(onProgress ? { onProgress } : {}),
  })
  return typeof answer === 'string' ? { kind: answer } : replyOf(answer)
}

export function contentRange(total: number, chunk?: { start: number; end: number }): string {
  return chunk ? `bytes ${chunk.start}-${chunk.end - 1}/${total}` : `bytes */${total}`
}

export function storedBytes(range: string | null): number | null {
  const last = /^bytes=0-(\d+)$/.exec(range?.trim() ?? '')?.[1]
  return last === undefined ? null : Number(last) + 1
}

function replyOf(answer: XhrAnswer): Reply {
  if (answer.status === 200 || answer.status === 201) return { kind: 'done' }
  if (answer.status === 308) return { kind: 'more', stored: storedBytes(answer.header('Range')) }
  if (answer.status === 404 || answer.status === 410) return { kind: 'gone' }
  return refusal(answer)
}
