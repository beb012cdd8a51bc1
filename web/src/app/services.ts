import { httpBackend } from '@/backend/http.ts'
import { KnownConfig } from '@/backend/known_config.ts'
import { openLive } from '@/backend/live.ts'
import type { Job } from '@/backend/types.ts'
import type { Services } from '@/features/services.ts'
import { currentLanguage, currentText } from '@/i18n/language.ts'
import { JobActions } from '@/jobs/actions.ts'
import { browserStorage } from '@/jobs/cache.ts'
import { Healer } from '@/jobs/heal.ts'
import { browserKeptJobs } from '@/jobs/kept.ts'
import { Live } from '@/jobs/live.ts'
import { lossesLine } from '@/i18n/losses.ts'
import { nameOf } from '@/jobs/name.ts'
import { type Notice, Notifications } from '@/jobs/notify.ts'
import { PushLine } from '@/jobs/push.ts'
import { JobStore } from '@/jobs/store.ts'
import { Feed } from '@/library/feed.ts'
import { Identity } from '@/library/identity.ts'
import { deviceName } from '@/sign_in/device.ts'
import type { Config } from './config.ts'
import { takeFragment } from './fragment.ts'
import { takeJobLink } from './job_link.ts'
import { serviceWorker, startServiceWorker } from './service_worker.ts'
import { startUploads } from './uploads.ts'

/** Everything behind the page, running until the page is left. */
export function startServices({ apiUrl, supabaseOrigin }: Extract<Config, { ok: true }>): Services {
  const backend = httpBackend(apiUrl)
  const storage = browserStorage()
  const identity = new Identity(storage, backend)
  identity.start()
  takeFragment({ signIn: (key) => void identity.signIn(key, deviceName()), offer: (key) => identity.offer(key) })
  const config = new KnownConfig(backend)
  config.get().catch(() => undefined) // asked again by whoever needs it; the page works without
  const jobs = new JobStore(storage, browserKeptJobs())
  const loaded = jobs.load()
  takeJobLink(jobs)
  const live = new Live(() => config.get(), (kind, listener) => openLive(kind, { base: apiUrl, supabaseOrigin }, listener))
  const healer = new Healer(backend, jobs, live)
  live.start()
  healer.start()
  void loaded.then(() => healer.soon(true)) // for those that the mirror did not know
  const feed = new Feed(backend, identity, jobs)
  feed.start()
  const uploads = startUploads(backend, config, jobs, healer, identity, loaded)
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
    identity,
    config: () => config.get(),
    registration: serviceWorker,
    language: currentLanguage,
    wanted: () => notifications.getSnapshot() === 'on',
  })
  notifications.start()
  push.start()
  return { apiUrl, backend, config, identity, feed, jobs, live, notifications, push, actions: new JobActions(backend, jobs, healer), uploads }
}

function noticeOf(status: 'completed' | 'failed', job: Job): Notice {
  const { notify, losses } = currentText()
  const lost = status === 'completed' ? lossesLine(job.losses, losses, 0) : null
  const body = [lost, notify.body[status]].filter(Boolean).join(' ')
  return { title: notify.subject[status](nameOf(job)), body, lang: currentLanguage() }
}
