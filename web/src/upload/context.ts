/** What uploads need of the world around them, and what they tell it. */
import type { Backend } from '@/backend/backend.ts'
import type { JobRef } from '@/backend/types.ts'
import type { Bus } from '@/tabs/bus.ts'
import type { Extracts } from './extracts.ts'
import type { Hash } from './hashing.ts'
import type { Limits } from './inspect.ts'
import type { UploadStore } from './upload_store.ts'
import type { TabMessage } from './mirror.ts'
import type { Happening } from './phases.ts'
import type { Send } from './protocol.ts'
import type { UploadRecord } from './record.ts'
import type { Task } from './task.ts'

export interface UploadContext {
  backend: Backend
  store: UploadStore
  /** Null where there are no workers: then nothing is known again, and files are sent whole. */
  hash: Hash | null
  extracts: Extracts | null
  bus: Bus<TabMessage> | null
  /** Null when the server has not told them. */
  limits: () => Promise<Limits | null>
  /** Tokens of the jobs that this browser knows, the newest first. */
  tokens: () => readonly string[]
  /** A job was announced: its token is shown this once. */
  onJob: (ref: JobRef) => void
  /** The upload of a job is complete, or was never needed. Resolves to true once its token lies on the disk. */
  onSubmitted: (ref: JobRef) => Promise<boolean>
  onWithdrawn: (ref: JobRef) => void
  /** How often a store that is not the server's own wants to hear that bytes still come; null: never. */
  aliveEveryMs: () => Promise<number | null>
  send?: Send
  firstChunk?: number
}

/** What the steps of one upload may do to it. */
export interface UploadActions {
  context: UploadContext
  tell: (task: Task, happening: Happening) => void
  save: (task: Task, change: Partial<UploadRecord>) => Promise<void>
  /** False once people have taken it away. */
  wanted: (task: Task) => boolean
  finish: (task: Task, ref: JobRef, cached: { at: string | null } | null) => Promise<void>
}
