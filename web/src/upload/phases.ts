/** One upload as it is shown. A pure step from one phase to the next; what the steps do is engine.ts. */
export type Phase =
  | { name: 'inspecting' }
  | { name: 'rejected'; reason: string }
  | { name: 'ready' }
  | { name: 'queued' }
  /** The sound is being taken out of the video; `bytes` of it so far. */
  | { name: 'preparing'; share: number; bytes: number }
  | { name: 'announcing' }
  | { name: 'sending' }
  | { name: 'paused' }
  | { name: 'waiting'; reason: Waiting; until: number }
  /** `again`: one click of permission is enough. */
  | { name: 'needs-file'; wrong: 'size' | 'content' | 'gone' | null; again: boolean }
  | { name: 'elsewhere' }
  /** `kept`: its token lies on the disk of this browser. */
  | { name: 'submitted'; cached: boolean; cachedAt: string | null; kept: boolean }
  | { name: 'failed'; code: string; message: string }

/** `queue_full`: the server takes no more jobs. `uploads_full`: no more uploads of ours at a time. */
export type Waiting = 'network' | 'server' | 'queue_full' | 'uploads_full'

/** Why the whole file is sent although only its sound was wanted. */
export type Whole = 'unreadable' | 'no_space' | 'broken'

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
  /** Bytes of the sound, where only that is sent. */
  extractSize: number | null
  whole: Whole | null
  /** What a reload costs: nothing, one click, the choice of the file, or everything (a browser that keeps nothing). */
  reload: 'nothing' | 'click' | 'file' | 'all'
  /** Another tab has it; what is shown is what that tab tells. */
  mirrored: boolean
  /** The name of the text that comes with it. */
  script: string | null
}

export type Happening =
  | { on: 'inspected'; rejection: string | null; durationMs: number | null }
  | { on: 'script'; name: string | null }
  | { on: 'start' }
  | { on: 'turn' }
  | { on: 'preparing'; share: number; bytes: number }
  | { on: 'prepared'; extractSize: number | null; whole: Whole | null }
  | { on: 'kept'; reload: Upload['reload'] }
  | { on: 'announced'; jobId: string }
  | { on: 'pause' }
  | { on: 'wait'; reason: Waiting; until: number }
  | { on: 'go on' }
  | { on: 'wrong file'; wrong: 'size' | 'content' | 'gone'; again: boolean }
  | { on: 'done'; jobId: string; cached: boolean; cachedAt: string | null; kept: boolean }
  | { on: 'fail'; code: string; message: string }
  | { on: 'progress'; share: number; speed: number | null; leftS: number | null }

const UNDER_WAY: Phase['name'][] = ['preparing', 'announcing', 'sending', 'waiting']
const STARTABLE: Phase['name'][] = ['ready', 'failed', 'paused', 'needs-file']

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
    case 'script':
      return name === 'ready' ? { ...upload, script: happening.name } : upload
    case 'start':
      return STARTABLE.includes(name) ? { ...upload, phase: { name: 'queued' } } : upload
    case 'turn':
      return name === 'queued' ? { ...upload, phase: { name: upload.jobId ? 'sending' : 'announcing' } } : upload
    case 'preparing': {
      if (name !== 'announcing' && name !== 'preparing') return upload
      const share = Math.max(happening.share, upload.phase.name === 'preparing' ? upload.phase.share : 0)
      return { ...upload, phase: { name: 'preparing', share, bytes: happening.bytes } }
    }
    case 'prepared': {
      const { extractSize, whole } = happening
      return { ...upload, extractSize, whole, phase: name === 'preparing' ? { name: 'announcing' } : upload.phase }
    }
    case 'kept':
      return upload.reload === happening.reload ? upload : { ...upload, reload: happening.reload }
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
      if (name !== 'needs-file') return upload
      return { ...upload, phase: { name: 'needs-file', wrong: happening.wrong, again: happening.again } }
    case 'done': {
      if (name === 'rejected' || name === 'submitted') return upload
      const phase: Phase = { name: 'submitted', cached: happening.cached, cachedAt: happening.cachedAt, kept: happening.kept }
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
