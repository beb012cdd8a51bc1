/** The secret of a shared link, `/s#<token>`. It is taken out of the address before anything is asked of a server, so that it
 *  is in no request, no history and no screenshot, and kept for this tab alone, so that a reload still shows the page. */
import { useSyncExternalStore } from 'react'

const KEY = 'aisubs.shared'
const PATH = '/s'
const listeners = new Set<() => void>()
let token: string | null = null

/** Call once, before the first request. */
export function takeShareToken(): void {
  take()
  // Another link pasted into the same tab loads nothing anew.
  addEventListener('hashchange', take)
}

export function useShareToken(): string | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => token,
  )
}

function take(): void {
  if (location.pathname !== PATH) return
  const given = location.hash.slice(1)
  if (given) history.replaceState(history.state, '', PATH)
  token = given || kept()
  if (given) keep(given)
  for (const listener of listeners) listener()
}

function kept(): string | null {
  try {
    return sessionStorage.getItem(KEY)
  } catch {
    return null
  }
}

function keep(text: string): void {
  try {
    sessionStorage.setItem(KEY, text)
  } catch {
    // It is shown until the page is left.
  }
}
