/** What is done to jobs of the library, one or many; the list and every other part of the page hear of it. */
import { asBackendError, type Backend, type BackendError } from '@/backend/backend.ts'
import { type Change, changeJob } from '@/backend/library.ts'
import type { Job, JobRef } from '@/backend/types.ts'
import type { JobStore } from '@/jobs/store.ts'
import type { LibraryList } from '@/library/list.ts'

const AT_ONCE = 4

export interface Outcome {
  done: number
  failed: number
  /** Why the first one that failed did. */
  fault: BackendError | null
}

export class LibraryActions {
  constructor(
    private readonly base: string,
    private readonly backend: Backend,
    private readonly store: JobStore,
    private readonly list: LibraryList | null,
    private readonly token: string,
  ) {}

  readonly ref = (id: string): JobRef => this.store.get(id)?.ref ?? { id, token: this.token }

  /** Null when it is done. */
  async change(id: string, change: Change): Promise<BackendError | null> {
    try {
      const job = await changeJob(this.base, { id, token: this.token }, change)
      this.list?.put(job)
      this.store.merge([job])
      return null
    } catch (fault) {
      return asBackendError(fault)
    }
  }

  changeAll(jobs: readonly Job[], change: (job: Job) => Change, tell: (done: number) => void): Promise<Outcome> {
    return each(jobs, tell, (job) => this.change(job.job_id, change(job)))
  }

  async deleteAll(jobs: readonly Job[], tell: (done: number) => void): Promise<Outcome> {
    const gone = new Set<string>()
    const outcome = await each(jobs, tell, async ({ job_id: id }) => {
      const ref = { id, token: this.token }
      try {
        // One that waits is cancelled by the first word and deleted by the second.
        if (await this.backend.cancelOrDelete(ref)) await this.backend.cancelOrDelete(ref)
      } catch (fault) {
        const known = asBackendError(fault)
        if (known.code !== 'job_not_found') return known
      }
      gone.add(id)
      return null
    })
    this.list?.drop(gone)
    this.store.remove([...gone])
    return outcome
  }
}

async function each(jobs: readonly Job[], tell: (done: number) => void, step: (job: Job) => Promise<BackendError | null>): Promise<Outcome> {
  const outcome: Outcome = { done: 0, failed: 0, fault: null }
  const waiting = [...jobs]
  const hand = async (): Promise<void> => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      const fault = await step(job)
      if (fault) outcome.failed += 1
      else outcome.done += 1
      outcome.fault ??= fault
      tell(outcome.done + outcome.failed)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, hand))
  return outcome
}
