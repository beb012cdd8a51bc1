/** One upload of the engine with what cannot be kept: the file, the wait in progress, the way to stop. */
import type { JobRef, Options } from '@/backend/types.ts'
import type { Record, Upload } from './record.ts'

export class Task {
  abort = new AbortController()
  active = false
  toldAt = 0
  ref: JobRef | null = null
  private wake: (() => void) | null = null

  private constructor(
    public upload: Upload,
    public file: File | null,
    public options: Options | null,
    public record: Record | null,
  ) {}

  static ofFile(file: File): Task {
    const { name, size, type } = file
    return new Task({ ...EMPTY, key: newKey(), name, size, type }, file, null, null)
  }

  static ofRecord(record: Record, elsewhere: boolean): Task {
    const { key, name, size, type, confirmed, job } = record
    const phase = elsewhere ? ({ name: 'elsewhere' } as const) : ({ name: 'needs-file', wrong: null } as const)
    const share = size > 0 ? Math.min(confirmed / size, 0.99) : 0
    const upload: Upload = { ...EMPTY, key, name, size, type, phase, share, jobId: job?.id ?? null }
    const task = new Task(upload, null, record.options as unknown as Options, record)
    task.ref = job
    return task
  }

  /** Resolves after `ms`, when hurried, or when the upload is stopped. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.wake = null
        this.abort.signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      this.wake = done
      this.abort.signal.addEventListener('abort', done)
      if (this.abort.signal.aborted) done()
    })
  }

  hurry(): void {
    this.wake?.()
  }

  /** What the ledger keeps, as far as it is known by now. */
  asRecord(): Record {
    if (this.record) return this.record
    const { key, name, size, type } = this.upload
    const options = { ...this.options }
    const empty = { fingerprint: null, job: null, session: null, confirmed: 0, phase: 'announcing' as const }
    return { v: 1, key, name, size, type, options, at: Date.now(), ...empty }
  }
}

const EMPTY = {
  durationMs: null,
  phase: { name: 'inspecting' },
  jobId: null,
  share: 0,
  speed: null,
  leftS: null,
} as const

/** 128 random bits in hex. `randomUUID` would be missing on a page that comes over plain HTTP. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
