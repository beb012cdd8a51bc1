/** One request of Google's resumable protocol, over XHR because only that tells how much has left.
 *
 *  Cloud Storage docs "Resumable uploads": `Content-Range: bytes a-b/total` with a body, `bytes` + ` *` + `/total` to ask;
 *  308 with `Range: bytes=0-N` means N+1 bytes are stored, 308 without Range none, 200 or 201 that it is complete. */

/** `stored`: how many bytes the server has, null when it said nothing (none, or its header is hidden from us). */
export type Reply =
  | { kind: 'done' }
  | { kind: 'more'; stored: number | null }
  | { kind: 'gone' }
  | { kind: 'refused'; status: number; code: string; message: string; retryAfterS: number | null }
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

/** No sign of life for so long means that the connection is dead, however alive it looks to TCP. */
export const SILENCE_MS = 30_000

export const sendByXhr: Send = ({ url, total, chunk, signal, onProgress }) =>
  new Promise((resolve) => {
    const xhr = new XMLHttpRequest()
    let watchdog: ReturnType<typeof setTimeout> | undefined
    const stop = (): void => xhr.abort()
    const watch = (): void => {
      clearTimeout(watchdog)
      watchdog = setTimeout(stop, SILENCE_MS)
    }
    const finish = (reply: Reply): void => {
      clearTimeout(watchdog)
      signal.removeEventListener('abort', stop)
      resolve(reply)
    }
    // Safari aborts by itself when a connection drops: only our own signal means that somebody wanted it.
    const cut = (): void => finish(signal.aborted ? { kind: 'stopped' } : { kind: 'lost' })
    xhr.open('PUT', url)
    xhr.setRequestHeader('Content-Range', contentRange(total, chunk))
    xhr.upload.onprogress = (event) => {
      watch()
      onProgress?.(event.loaded)
    }
    xhr.onload = () => finish(replyOf(xhr))
    xhr.onerror = cut
    xhr.onabort = cut
    signal.addEventListener('abort', stop)
    if (signal.aborted) return finish({ kind: 'stopped' })
    watch()
    xhr.send(chunk ? chunk.body : null)
  })

export function contentRange(total: number, chunk?: { start: number; end: number }): string {
  return chunk ? `bytes ${chunk.start}-${chunk.end - 1}/${total}` : `bytes */${total}`
}

export function storedBytes(range: string | null): number | null {
  const last = /^bytes=0-(\d+)$/.exec(range?.trim() ?? '')?.[1]
  return last === undefined ? null : Number(last) + 1
}

function replyOf(xhr: XMLHttpRequest): Reply {
  if (xhr.status === 200 || xhr.status === 201) return { kind: 'done' }
  if (xhr.status === 308) return { kind: 'more', stored: storedBytes(xhr.getResponseHeader('Range')) }
  if (xhr.status === 404 || xhr.status === 410) return { kind: 'gone' }
  const after = Number(xhr.getResponseHeader('Retry-After') ?? Number.NaN)
  const retryAfterS = Number.isFinite(after) ? after : null
  return { kind: 'refused', status: xhr.status, retryAfterS, ...said(xhr.responseText) }
}

function said(text: string): { code: string; message: string } {
  try {
    const body = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } }
    if (typeof body.error?.code === 'string' && typeof body.error.message === 'string')
      return { code: body.error.code, message: body.error.message }
  } catch {
    // Google answers in XML, proxies in HTML: the status has to do.
  }
  return { code: 'upload_refused', message: '' }
}
