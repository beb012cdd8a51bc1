/** What people do to jobs. Each marks the job as asked at once, and says afterwards what came of it. */
import { asBackendError, type Backend, type BackendError } from '@/backend/backend.ts'
import type { Healer } from './heal.ts'
import type { JobStore } from './store.ts'

export class JobActions {
  constructor(
    private readonly backend: Backend,
    private readonly store: JobStore,
    private readonly healer: Healer,
  ) {}

  cancel(id: string): Promise<BackendError | null> {
    return this.ask(id, 'cancelling', async (ref) => this.store.merge([await this.backend.cancel(ref)]))
  }

  delete(id: string): Promise<BackendError | null> {
    return this.ask(id, 'deleting', async (ref) => {
      // One that waits is cancelled by the first word and deleted by the second.
      const job = await this.backend.cancelOrDelete(ref)
      if (job) await this.backend.cancelOrDelete(ref)
      this.store.remove([id])
    })
  }

  retry(id: string): Promise<BackendError | null> {
    return this.ask(id, 'retrying', async (ref) => this.store.merge([await this.backend.retry(ref)]))
  }

  private async ask(
    id: string,
    pending: 'cancelling' | 'deleting' | 'retrying',
    step: (ref: { id: string; token: string }) => Promise<void>,
  ): Promise<BackendError | null> {
    const entry = this.store.get(id)
    if (!entry) return null
    this.store.note(id, { pending })
    try {
      await step(entry.ref)
      return null
    } catch (fault) {
      const known = asBackendError(fault)
      if (known.code === 'job_not_found') this.store.remove([id])
      return known.code === 'job_not_found' ? null : known
    } finally {
      this.store.note(id, { pending: null })
      this.healer.soon()
    }
  }
}
