/** What the page asks of a server. Everything rejects with BackendError and nothing else. */
import type { Facts } from './facts.ts'
import type { Owner } from './owner.ts'
import type { Pushes } from './pushes.ts'
import type { Shares } from './shares.ts'
import type { Transcripts } from './transcripts.ts'
import type { FileFacts, Formats, Job, JobPage, JobRef, Known, Options, Queue, Session, Submitted, WindowPage } from './types.ts'

export interface Backend extends Facts, Transcripts, Shares, Pushes, Owner {
  /** `key`: the same one gives the same job again, so a lost answer makes no second job. */
  submit(file: FileFacts, options: Options, key: string, known: Known): Promise<Submitted>
  /** Another upload address for a job that still waits for its bytes; it begins at byte 0. */
  renew(ref: JobRef): Promise<Session>
  /** Bytes of this upload still go to a store that the server does not see. */
  alive(ref: JobRef): Promise<void>
  /** Any number of jobs. Only what is listed in `gone` is gone. */
  list(refs: readonly JobRef[]): Promise<JobPage>
  /** 'unchanged' when `etag` still stands. */
  job(ref: JobRef, etag: string | null): Promise<{ job: Job; etag: string | null } | 'unchanged'>
  windows(ref: JobRef, since: number): Promise<WindowPage>
  retry(ref: JobRef): Promise<Job>
  /** The cancelled job. One that has ended meanwhile is left alone and refused. */
  cancel(ref: JobRef): Promise<Job>
  /** The cancelled job, or null when it was over and is now deleted. */
  cancelOrDelete(ref: JobRef): Promise<Job | null>
  download(ref: JobRef, format: string, choice: DownloadChoice): Promise<Downloaded>
  queue(): Promise<Queue>
  formats(): Promise<Formats>
}

export interface DownloadChoice {
  profile?: string
  /** What is saved so far, of a job that is not over. */
  partial?: boolean
  /** 0 is the machine's text; without it the newest. */
  revision?: number
  /** By their names in the API; only those that the format takes. */
  switches?: Readonly<Record<string, string | boolean>>
}

export interface Downloaded {
  blob: Blob
  filename: string
}

/** `offline`: no answer at all. `bad_answer`: an answer that is not what the API promises. Others: the API's own. */
export class BackendError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly retryable: boolean,
    readonly retryAfterS: number | null = null,
  ) {
    super(message)
    this.name = 'BackendError'
  }
}

/** Any fault as a BackendError; what is none was our own mistake and is named so. */
export function asBackendError(fault: unknown): BackendError {
  if (fault instanceof BackendError) return fault
  return new BackendError('page_fault', fault instanceof Error ? fault.message : String(fault), false)
}
