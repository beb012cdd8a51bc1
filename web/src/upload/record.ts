/** One upload as it is kept and shown. A pure step from one phase to the next; what the steps do is engine.ts. */
import * as v from 'valibot'

export const Record = v.object({
  v: v.literal(1),
  /** Also the Idempotency-Key, so a reload between question and answer makes no second job. */
  key: v.pipe(v.string(), v.minLength(32)),
  name: v.string(),
  size: v.number(),
  type: v.string(),
  fingerprint: v.nullable(v.string()),
  options: v.record(v.string(), v.unknown()),
  phase: v.picklist(['announcing', 'sending', 'paused']),
  job: v.nullable(v.object({ id: v.string(), token: v.string() })),
  session: v.nullable(v.object({ url: v.string() })),
  confirmed: v.number(),
  at: v.number(),
})
/** What IndexedDB holds. The session's address is a secret; the record goes as soon as the upload is over. */
export type Record = v.InferOutput<typeof Record>

export type Phase =
  | { name: 'inspecting' }
  | { name: 'rejected'; reason: string }
  | { name: 'ready' }
  | { name: 'queued' }
  | { name: 'announcing' }
  | { name: 'sending' }
  | { name: 'paused' }
  | { name: 'waiting'; reason: 'network' | 'server' | 'queue_full'; until: number }
  | { name: 'needs-file'; wrong: 'size' | 'content' | null }
  | { name: 'elsewhere' }
  | { name: 'submitted'; cached: boolean }
  | { name: 'failed'; code: string; message: string }

export interface Upload {
  key: string
  name: string
  size: number
  type: string
  durationMs: number | null
  phase: Phase
  jobId: string | null
  /** Shown share: confirmed and in flight, never falling, below 1 until the server has all. */
  share: number
  speed: number | null
  leftS: number | null
}

export type Happening =
  | { on: 'inspected'; rejection: string | null; durationMs: number | null }
  | { on: 'start' }
  | { on: 'turn' }
  | { on: 'announced'; jobId: string }
  | { on: 'pause' }
  | { on: 'wait'; reason: 'network' | 'server' | 'queue_full'; until: number }
  | { on: 'go on' }
  | { on: 'wrong file'; wrong: 'size' | 'content' }
  | { on: 'done'; jobId: string; cached: boolean }
  | { on: 'fail'; code: string; message: string }
  | { on: 'progress'; share: number; speed: number | null; leftS: number | null }

const UNDER_WAY = ['announcing', 'sending', 'waiting']

/** The upload after something happened; the same one where it changes nothing (late answers of a paused upload). */
export function next(upload: Upload, happening: Happening): Upload {
  const { name } = upload.phase
  const under = UNDER_WAY.includes(name)
  switch (happening.on) {
    case 'inspected': {
      if (name !== 'inspecting') return upload
      const phase: Phase = happening.rejection ? { name: 'rejected', reason: happening.rejection } : { name: 'ready' }
      return { ...upload, phase, durationMs: happening.durationMs }
    }
    case 'start':
      return name === 'ready' || name === 'failed' || name === 'paused' || name === 'needs-file'
        ? { ...upload, phase: { name: 'queued' } }
        : upload
    case 'turn':
      return name === 'queued' ? { ...upload, phase: { name: upload.jobId ? 'sending' : 'announcing' } } : upload
    case 'announced':
      return under ? { ...upload, jobId: happening.jobId, phase: { name: 'sending' } } : { ...upload, jobId: happening.jobId }
    case 'pause':
      return under || name === 'queued' ? { ...upload, phase: { name: 'paused' }, speed: null, leftS: null } : upload
    case 'wait':
      if (!under) return upload
      return { ...upload, phase: { name: 'waiting', reason: happening.reason, until: happening.until }, leftS: null }
    case 'go on':
      return name === 'waiting' ? { ...upload, phase: { name: upload.jobId ? 'sending' : 'announcing' } } : upload
    case 'wrong file':
      return { ...upload, phase: { name: 'needs-file', wrong: happening.wrong } }
    case 'done': {
      const phase: Phase = { name: 'submitted', cached: happening.cached }
      return { ...upload, phase, jobId: happening.jobId, share: 1, speed: null, leftS: null }
    }
    case 'fail':
      return under ? { ...upload, phase: { name: 'failed', code: happening.code, message: happening.message } } : upload
    case 'progress': {
      if (name !== 'sending') return upload
      const share = Math.max(upload.share, Math.min(happening.share, 0.99))
      return { ...upload, share, speed: happening.speed, leftS: happening.leftS }
    }
  }
}
