/** One request with a body that may be large, over XHR because only that tells how much has left. */
export interface XhrRequest {
  method: 'PUT' | 'POST'
  url: string
  headers?: { [name: string]: string }
  body: Blob | string | null
  signal: AbortSignal
  onProgress?: (sent: number) => void
}

export interface XhrAnswer {
  status: number
  text: string
  /** Null for one that is not there, or hidden from pages. */
  header: (name: string) => string | null
}

/** No sign of life for so long means that the connection is dead, however alive it looks to TCP. */
export const SILENCE_MS = 30_000

/** 'stopped': `signal` said so. 'lost': no answer. */
export function request({ method, url, headers, body, signal, onProgress }: XhrRequest): Promise<XhrAnswer | 'lost' | 'stopped'> {
  return new Promise((resolve) => {
    const xhr = new XMLHttpRequest()
    let watchdog: ReturnType<typeof setTimeout> | undefined
    const stop = (): void => xhr.abort()
    const watch = (): void => {
      clearTimeout(watchdog)
      watchdog = setTimeout(stop, SILENCE_MS)
    }
    const finish = (answer: XhrAnswer | 'lost' | 'stopped'): void => {
      clearTimeout(watchdog)
      signal.removeEventListener('abort', stop)
      resolve(answer)
    }
    // Safari aborts by itself when a connection drops: only our own signal means that somebody wanted it.
    const cut = (): void => finish(signal.aborted ? 'stopped' : 'lost')
    xhr.open(method, url)
    for (const [name, value] of Object.entries(headers ?? {})) xhr.setRequestHeader(name, value)
    xhr.upload.onprogress = (event) => {
      watch()
      onProgress?.(event.loaded)
    }
    xhr.onprogress = watch
    xhr.onload = () => finish({ status: xhr.status, text: xhr.responseText, header: (name) => xhr.getResponseHeader(name) })
    xhr.onerror = cut
    xhr.onabort = cut
    signal.addEventListener('abort', stop)
    if (signal.aborted) return finish('stopped')
    watch()
    xhr.send(body)
  })
}

/** What a store's refusal means: its status, and the code and sentence where it is one of ours. */
export interface Refused {
  kind: 'refused'
  status: number
  code: string
  message: string
  retryAfterS: number | null
}

export function refusal(answer: XhrAnswer): Refused {
  const after = Number(answer.header('Retry-After') ?? Number.NaN)
  return { kind: 'refused', status: answer.status, retryAfterS: Number.isFinite(after) ? after : null, ...said(answer.text) }
}

/** Worth another try: too busy, too slow or broken for the moment. */
export const isPassing = (status: number): boolean => status === 0 || status === 408 || status === 429 || status >= 500

const LONGEST_WAIT_MS = 60_000

/** 1, 2, 4 … 60 s, of which a random part; the server's own wish goes first. */
export function waitMs(failures: number, retryAfterS: number | null, random: number): number {
  if (retryAfterS !== null) return retryAfterS * 1000
  return Math.round(Math.min(LONGEST_WAIT_MS, 1000 * 2 ** (failures - 1)) * (0.5 + random / 2))
}

function said(text: string): { code: string; message: string } {
  try {
    const body = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } }
    if (typeof body.error?.code === 'string' && typeof body.error.message === 'string')
      return { code: body.error.code, message: body.error.message }
  } catch {
    // Google and Amazon answer in XML, proxies in HTML: the status has to do.
  }
  return { code: 'upload_refused', message: '' }
}
