/** Whether the server has another build of this page than the one that runs here. */
import { useSyncExternalStore } from 'react'

const ASK_EVERY_MS = 5 * 60_000
const ENTRY = /<script[^>]*type="module"[^>]*src="([^"]+)"/

const listeners = new Set<() => void>()
let found = false
let askedAt = -Infinity

/** Asks when somebody comes back to the page, and not more often than every few minutes. */
export function watchForNewVersion(): void {
  const back = (): void => {
    if (document.visibilityState === 'visible' && Date.now() - askedAt > ASK_EVERY_MS) void ask()
  }
  addEventListener('focus', back)
  document.addEventListener('visibilitychange', back)
}

export function useNewVersion(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => found,
  )
}

async function ask(): Promise<void> {
  askedAt = Date.now()
  const running = document.querySelector<HTMLScriptElement>('script[type="module"]')?.getAttribute('src')
  try {
    const reply = await fetch('/index.html', { cache: 'no-store' })
    const served = ENTRY.exec(await reply.text())?.[1]
    // An answer without an entry is somebody else's: a proxy's, a captive portal's.
    if (!reply.ok || !served || !running || served === running) return
    found = true
    for (const listener of listeners) listener()
  } catch {
    // Without a network there is nothing new.
  }
}
