import { httpBackend } from '@/backend/http.ts'
import { KnownConfig } from '@/backend/known_config.ts'
import type { Services } from '@/features/services.ts'
import { JobActions } from '@/jobs/actions.ts'
import { browserStorage } from '@/jobs/cache.ts'
import { Healer } from '@/jobs/heal.ts'
import { JobStore } from '@/jobs/store.ts'
import { UploadEngine } from '@/upload/engine.ts'
import { browserLedger } from '@/upload/ledger.ts'

/** Everything behind the page, running until the page is left. */
export function startServices(apiUrl: string): Services {
  const backend = httpBackend(apiUrl)
  const config = new KnownConfig(backend)
  config.get().catch(() => undefined) // asked again by whoever needs it; the page works without
  const jobs = new JobStore(browserStorage())
  const healer = new Healer(backend, jobs)
  const uploads = new UploadEngine({
    backend,
    ledger: browserLedger(),
    onJob: (ref) => {
      jobs.add(ref)
      healer.soon()
    },
    onSubmitted: () => healer.soon(),
    onWithdrawn: (ref) => jobs.remove([ref.id]),
  })
  healer.start()
  void uploads.load()
  addEventListener('storage', (event) => jobs.onStorage(event))
  addEventListener('online', () => uploads.hurry())
  addEventListener('beforeunload', (event) => {
    // The browser asks in its own words. After a reload the file would have to be chosen again.
    if (uploads.busy) event.preventDefault()
  })
  return { backend, config, jobs, actions: new JobActions(backend, jobs, healer), uploads }
}
