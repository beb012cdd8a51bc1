/** The service worker: the page opens without a network, and tells of jobs that are over. The build makes it a file of its
 *  own (build-parts/service_worker.ts). What the API answers, recordings and tokens are never kept here. */
import { notificationDe } from '@/i18n/de/notification.ts'
import { notificationEn } from '@/i18n/en/notification.ts'

declare const self: ServiceWorkerGlobalScope
/** Put in by the build: what the page needs to open, and a name that changes with any of it. */
declare const __SHELL__: string[]
declare const __BUILD__: string

const CACHE = `aisubs-${__BUILD__}`
const PATIENCE_MS = 3_000
/** Not the transcoder's 32 MB, which few ask for: the browser's own cache has room for what it thinks worth it. */
const KEPT = /^\/assets\/.*(?<!\.wasm)$/
const NOT_THE_PAGE = /^\/(api|upload|files|docs)(\/|$)/

self.addEventListener('install', (event) => {
  // The page itself is given only to those who ask for a document.
  const page = new Request('/', { headers: { Accept: 'text/html' } })
  const all = __SHELL__.map((path) => (path === '/' ? page : path))
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(all)))
})

// The browser activates a new build when the last tab of the old one is gone: nobody misses the old files.
self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin || NOT_THE_PAGE.test(pathname)) return
  if (request.mode === 'navigate') event.respondWith(networkFirst(request, '/'))
  else if (KEPT.test(pathname)) event.respondWith(cacheFirst(request))
  else if (__SHELL__.includes(pathname)) event.respondWith(networkFirst(request, pathname))
})

/** The kept page is that of one build, with all of its files: newer answers are shown and not kept beside older ones. */
async function networkFirst(request: Request, path: string): Promise<Response> {
  const network = fetch(request)
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS))
  const answer = await Promise.race([network, late]).catch(() => undefined)
  if (answer && answer.status < 500) return answer
  return (await caches.match(path, { cacheName: CACHE, ignoreVary: true })) ?? network
}

/** Their names hold a hash of their content. */
async function cacheFirst(request: Request): Promise<Response> {
  // Asked for by a script tag or by us, a file is the same.
  const kept = await caches.match(request, { ignoreVary: true })
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.status === 200) {
    const cache = await caches.open(CACHE)
    // A full disk must not cost the page.
    cache.put(request, answer.clone()).catch(() => undefined)
  }
  return answer
}

interface Told {
  job_id: string
  status: 'completed' | 'failed'
  filename: string
  language: string
  /** What of it there is to tell, times as they are shown. */
  losses?: { silent?: true; unclear?: string; cut?: string; no_speakers?: true }
}

self.addEventListener('push', (event) => {
  // Browsers show a sentence of their own where a push shows nothing.
  const { job_id: id, status, filename, language, losses: { silent, unclear, cut, no_speakers } = {} } = event.data?.json() as Told
  const words = language === 'de' ? notificationDe : notificationEn
  const lost = [silent && words.silent, unclear && words.unclear(unclear), cut && words.cut(cut), no_speakers && words.speakers]
  const body = [...lost, words.body[status]].filter(Boolean).join(' ')
  const options = { tag: id, body, icon: '/icon.svg', lang: language, data: { id } }
  event.waitUntil(self.registration.showNotification(words.subject[status](filename), options))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const { id } = event.notification.data as { id: string }
  event.waitUntil(show(id))
})

/** In the tab that shows this job already, else in one that shows no other, else in a new one. */
async function show(id: string): Promise<void> {
  const path = `/jobs/${encodeURIComponent(id)}`
  const tabs = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const at = (paths: string[]): WindowClient | undefined => tabs.find(({ url }) => paths.includes(new URL(url).pathname))
  const tab = at([path]) ?? at(['/', '/jobs'])
  if (!tab) return void (await self.clients.openWindow(path))
  tab.postMessage({ show: path })
  await tab.focus()
}
