/** One upload of the engine with what cannot be kept: the file, the wait in progress, the way to stop. */
import type { JobRef, Options } from '@/backend/types.ts'
import { newId } from '@/ids.ts'
import type { Method } from './extracts.ts'
import { take } from './lock.ts'
import type { Upload } from './phases.ts'
import type { Script } from './script.ts'
import type { FileHandle, UploadRecord } from './record.ts'

/** A file as it was chosen, with permission to read it again where the browser gives that. */
export interface Chosen {
  file: File
  handle: FileHandle | null
}

/** What people choose for an upload. `whole`: its pictures too, not only the sound. */
export interface Wish {
  options: Options
  whole: boolean
}

export class Task {
  abort = new AbortController()
  /** Ends the work on the sound alone; the upload goes on with the whole file. */
  skip = new AbortController()
  /** Ends with the upload, paused or not. */
  life = new AbortController()
  /** The tab that has it, of what is mirrored. */
  from: string | null = null
  active = false
  toldAt = 0
  ref: JobRef | null = null
  wish: Wish | null = null
  /** What is sent: the sound, once it is taken out, or the file itself. */
  body: File | null = null
  record: UploadRecord | null = null
  hash: Promise<string> | null = null
  /** People know that there is a transcript, and want another one. */
  afresh = false
  /** The text that is there already. */
  script: Script | null = null
  method: Method = 'copy'
  /** Gives the upload to other tabs. */
  release: (() => void) | null = null
  private taking: Promise<void> | null = null
  private wake: (() => void) | null = null

  private constructor(
    public upload: Upload,
    public file: File | null,
    public handle: FileHandle | null,
  ) {}

  static ofFile({ file, handle }: Chosen, durationMs: number | null = null): Task {
    const { name, size, type } = file
    return new Task({ ...EMPTY, key: newId(), name, size, type, durationMs }, file, handle)
  }

  static ofRecord(record: UploadRecord): Task {
    const { key, name, size, type, confirmed, job, options, whole, extract, script } = record
    const total = extract?.size ?? size
    const share = total > 0 ? Math.min(confirmed / total, 0.99) : 0
    const phase = { name: 'needs-file', wrong: null, again: record.handle !== null } as const
    const extractSize = extract?.size ?? null
    const upload: Upload = { ...EMPTY, key, name, size, type, phase, share, extractSize, script, jobId: job?.id ?? null }
    const task = new Task(upload, null, record.handle)
    task.wish = { options: options as unknown as Options, whole }
    task.ref = job
    task.record = record
    return task
  }

  /** What another tab has. */
  static ofMirror(upload: Upload): Task {
    return new Task({ ...upload, mirrored: true }, null, null)
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

  /** Resolves once this tab alone has it. A lock that is asked for twice would never be had. */
  hold(): Promise<void> {
    if (this.release) return Promise.resolve()
    return (this.taking ??= take(this.upload.key, this.life.signal)
      .then((release) => void (this.release = release))
      .finally(() => (this.taking = null)))
  }

  hurry(): void {
    this.wake?.()
  }

  /** Bytes that the server will get. */
  get total(): number {
    return this.body?.size ?? this.record?.extract?.size ?? this.upload.size
  }

  /** What is kept on the disk, as far as it is known by now. */
  asRecord(): UploadRecord {
    if (this.record) return this.record
    const { key, name, size, type, script } = this.upload
    const chosen = { options: { ...this.wish?.options }, whole: this.wish?.whole ?? true, handle: this.handle }
    return { ...NOTHING_YET, key, name, size, type, script, ...chosen, at: Date.now() }
  }
}

const NOTHING_YET = {
  v: 1,
  phase: 'announcing',
  fingerprint: null,
  hash: null,
  extract: null,
  job: null,
  session: null,
  etags: [] as string[],
  confirmed: 0,
} as const

const EMPTY = {
  durationMs: null,
  phase: { name: 'inspecting' },
  jobId: null,
  share: 0,
  speed: null,
  leftS: null,
  extractSize: null,
  whole: null,
  reload: 'file',
  mirrored: false,
  script: null,
} as const
