import { httpBackend } from '@/backend/http.ts'
import { KnownConfig } from '@/backend/known_config.ts'
import { openLive } from '@/backend/live.ts'
import type { Services } from '@/features/services.ts'
import { JobActions } from '@/jobs/actions.ts'
import { browserStorage } from '@/jobs/cache.ts'
import { Healer } from '@/jobs/heal.ts'
import { Live } from '@/jobs/live.ts'
import { JobStore } from '@/jobs/store.ts'
import { startUploads } from './uploads.ts'

/** Everything behind the page, running until the page is left. */
export function startServices(apiUrl: string): Services {
  const backend = httpBackend(apiUrl)
  const config = new KnownConfig(backend)
  config.get().catch(() => undefined) // asked again by whoever needs it; the page works without
  const jobs = new JobStore(browserStorage())
  const live = new Live(() => config.get(), (kind, listener) => openLive(kind, apiUrl, listener))
  const healer = new Healer(backend, jobs, live)
  live.start()
  healer.start()
  const uploads = startUploads(backend, config, jobs, healer)
  addEventListener('storage', (event) => jobs.onStorage(event))
  return { backend, config, jobs, live, actions: new JobActions(backend, jobs, healer), uploads }
}
