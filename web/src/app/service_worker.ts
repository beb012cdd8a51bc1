/** The page's side of the service worker: it is registered by its built file, and says which job a notification was of. */
import { navigate } from 'wouter/use-browser-location'
import { trustedScript } from '@/trusted_url.ts'

let registered: Promise<ServiceWorkerRegistration> | null = null

/** Rejects where there is none: in development, and over plain HTTP. */
export function serviceWorker(): Promise<ServiceWorkerRegistration> {
  return (registered ??= register())
}

export function startServiceWorker(): void {
  // Without it the page works, but not without a network.
  serviceWorker().catch((fault: unknown) => console.info('no service worker:', String(fault)))
}

async function register(): Promise<ServiceWorkerRegistration> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) throw new Error('not here')
  navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const path = typeof data === 'object' && data !== null && 'show' in data ? data.show : null
    if (typeof path === 'string' && path.startsWith('/jobs/')) navigate(path)
  })
  const made = await navigator.serviceWorker.register(trustedScript('/sw.js'), { updateViaCache: 'none' })
  // `made` may still be installing, and shows nothing until it is active.
  return made.active ? made : navigator.serviceWorker.ready
}
