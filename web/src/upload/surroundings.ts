/** What uploads need of the world around them, and what they tell it. */
import type { Backend } from '@/backend/backend.ts'
import type { JobRef } from '@/backend/types.ts'
import type { Bus } from '@/tabs/bus.ts'
import type { Extracts } from './extracts.ts'
import type { Hash } from './hashing.ts'
import type { Limits } from './inspect.ts'
import type { Ledger } from './ledger.ts'
import type { TabMessage } from './mirror.ts'
import type { Happening } from './phases.ts'
import type { Send } from './protocol.ts'
import type { Record } from './record.ts'
import type { Task } from './task.ts'

export interface Surroundings {
  backend: Backend
  ledger: Ledger
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
  /** The upload of a job is complete, or was never needed. */
  onSubmitted: (ref: JobRef) => void
  onWithdrawn: (ref: JobRef) => void
  send?: Send
  firstChunk?: number
}

/** What the steps of one upload may do to it. */
export interface Desk {
  around: Surroundings
  tell: (task: Task, happening: Happening) => void
  save: (task: Task, change: Partial<Record>) => Promise<void>
  /** False once people have taken it away. */
  wanted: (task: Task) => boolean
  finish: (task: Task, ref: JobRef, cached: { at: string | null } | null) => Promise<void>
}
