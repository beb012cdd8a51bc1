import { useSyncExternalStore } from 'react'

/** One place that speaks, so that nothing is said twice and nothing is drowned. */
let said = { polite: '', assertive: '' }
const STANDS_MS = 10_000
const listeners = new Set<() => void>()

export function announce(text: string, urgency: 'polite' | 'assertive' = 'polite'): void {
  if (said[urgency] === text) return
  say({ ...said, [urgency]: text })
  // What is said is said: left standing, it would be read again as if it were still true.
  setTimeout(() => said[urgency] === text && say({ ...said, [urgency]: '' }), STANDS_MS)
}

function say(now: typeof said): void {
  said = now
  for (const listener of listeners) listener()
}

export function Announcer() {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => said,
  )
  return (
    <div className="sr-only">
      <div role="status">{now.polite}</div>
      <div role="alert">{now.assertive}</div>
    </div>
  )
}
