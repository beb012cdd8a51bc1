import { httpBackend } from '@/backend/http.ts'
import { KnownConfig } from '@/backend/known_config.ts'
import { openLive } from '@/backend/live.ts'
import type { Services } from '@/features/services.ts'
import { currentLanguage, currentText } from '@/i18n/language.ts'
import { JobActions } from '@/jobs/actions.ts'
import { browserStorage } from '@/jobs/cache.ts'
import { Healer } from '@/jobs/heal.ts'
import { Live } from '@/jobs/live.ts'
import { type Notice, Notifications } from '@/jobs/notify.ts'
import { PushLine } from '@/jobs/push.ts'
import { JobStore } from '@/jobs/store.ts'
import type { Config } from './config.ts'
import { serviceWorker, startServiceWorker } from './service_worker.ts'
import { startUploads } from './uploads.ts'

/** Everything behind the page, running until the page is left. */
export function startServices({ apiUrl, supabaseOrigin }: Extract<Config, { ok: true }>): Services {
  const backend = httpBackend(apiUrl)
  const config = new KnownConfig(backend)
  config.get().catch(() => undefined) // asked again by whoever needs it; the page works without
  const storage = browserStorage()
  const jobs = new JobStore(storage)
  const live = new Live(() => config.get(), (kind, listener) => openLive(kind, { base: apiUrl, supabaseOrigin }, listener))
  const healer = new Healer(backend, jobs, live)
  live.start()
  healer.start()
  const uploads = startUploads(backend, config, jobs, healer)
  addEventListener('storage', (event) => jobs.onStorage(event))
  startServiceWorker()
  const notifications = new Notifications({
    store: jobs,
    storage,
    isLeader: () => live.isLeader,
    registration: serviceWorker,
    words: noticeOf,
  })
  const push = new PushLine({
    backend,
    store: jobs,
    config: () => config.get(),
    registration: serviceWorker,
    language: currentLanguage,
    wanted: () => notifications.getSnapshot() === 'on',
  })
  notifications.start()
  push.start()
  return { backend, config, jobs, live, notifications, push, actions: new JobActions(backend, jobs, healer), uploads }
}

function noticeOf(status: 'completed' | 'failed', filename: string): Notice {
  const { notify } = currentText()
  return { title: notify.subject[status](filename), body: notify.body[status], lang: currentLanguage() }
}
