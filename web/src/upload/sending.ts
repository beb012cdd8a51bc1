/** Brings one file to one session, whatever the network does. Knows no page, no record and no clock but those given. */
import type { Send } from './protocol.ts'
import { isPassing, waitMs } from './xhr.ts'

export const CHUNK_STEP = 256 * 1024 // Google's: all chunks but the last are multiples of it
const FIRST_CHUNK = 32 * 1024 * 1024
const LARGEST_CHUNK = 128 * 1024 * 1024
const SMALLEST_CHUNK = 1024 * 1024
const TOO_QUICK_MS = 8_000
const TOO_SLOW_MS = 15_000

export interface Sending {
  url: string
  file: Blob
  signal: AbortSignal
  send: Send
  /** Resolves after `ms`, or sooner when there is reason to hope (the network is back, somebody pressed "Now"). */
  pause: (ms: number) => Promise<void>
  now: () => number
  /** 0 … 1, for the jitter that keeps a thousand pages from coming back at once. */
  random: () => number
  firstChunk?: number
}

export type SendEvent =
  | { kind: 'progress'; confirmed: number; inFlight: number }
  | { kind: 'waiting'; ms: number; reason: 'network' | 'server' }
  | { kind: 'sending' }
  | { kind: 'range-hidden' }

export type Outcome =
  | { kind: 'done' }
  | { kind: 'gone' }
  | { kind: 'stopped' }
  | { kind: 'refused'; code: string; message: string }

export async function sendFile(sending: Sending, tell: (event: SendEvent) => void): Promise<Outcome> {
  const { file, send, url, signal } = sending
  const total = file.size
  let chunkBytes = sending.firstChunk ?? FIRST_CHUNK
  let confirmed: number | null = null // null: ask first; what we believe ourselves proves nothing
  let best = 0
  let failures = 0
  let unanswered = 0
  let toTheEnd = false

  while (!signal.aborted) {
    const asked: number | null = confirmed
    const chunk = asked === null ? undefined : cut(file, asked, toTheEnd ? total : chunkBytes)
    const began = sending.now()
    const onProgress = (sent: number): void => {
      if (asked !== null) tell({ kind: 'progress', confirmed: asked, inFlight: Math.min(sent, total - asked) })
    }
    const reply = await send({ url, total, signal, onProgress, ...(chunk ? { chunk } : {}) })
    if (reply.kind === 'done' || reply.kind === 'gone' || reply.kind === 'stopped') return reply
    if (reply.kind === 'more') {
      if (chunk && reply.stored === null) unanswered += 1
      // Twice no word of where it stands, after bytes were sent: the header is hidden from us. One request needs none.
      if (unanswered >= 2 && !toTheEnd) {
        toTheEnd = true
        tell({ kind: 'range-hidden' })
      }
      confirmed = reply.stored ?? 0
      if (confirmed > best) {
        best = confirmed
        failures = 0
        unanswered = 0
      } else if (chunk) failures += 1
      tell({ kind: 'progress', confirmed, inFlight: 0 })
      if (chunk && failures === 0) chunkBytes = resized(chunkBytes, sending.now() - began)
      if (failures < 3) continue
    } else {
      if (reply.kind === 'refused' && !isPassing(reply.status)) {
        return { kind: 'refused', code: reply.code, message: reply.message }
      }
      failures += 1
      chunkBytes = steps(Math.max(SMALLEST_CHUNK, chunkBytes / 2))
      confirmed = null
    }
    const wish = reply.kind === 'refused' ? reply.retryAfterS : null
    const ms = waitMs(failures, wish, sending.random())
    tell({ kind: 'waiting', ms, reason: reply.kind === 'lost' ? 'network' : 'server' })
    await sending.pause(ms)
    tell({ kind: 'sending' })
  }
  return { kind: 'stopped' }
}

function cut(file: Blob, start: number, bytes: number): { start: number; end: number; body: Blob } {
  const end = Math.min(file.size, start + bytes)
  return { start, end, body: file.slice(start, end) }
}

/** Long enough that few requests are needed, short enough that a cut costs little. */
function resized(bytes: number, tookMs: number): number {
  if (tookMs < TOO_QUICK_MS) return Math.min(LARGEST_CHUNK, bytes * 2)
  return tookMs > TOO_SLOW_MS ? steps(Math.max(SMALLEST_CHUNK, bytes / 2)) : bytes
}

const steps = (bytes: number): number => Math.max(CHUNK_STEP, Math.round(bytes / CHUNK_STEP) * CHUNK_STEP)
