import { useSyncExternalStore } from 'react'

/** One place that speaks, so that nothing is said twice and nothing is drowned. */
let said = { polite: '', assertive: '', shown: '' }
const STANDS_MS = 10_000
const SHOWN_MS = 4000
const listeners = new Set<() => void>()

export function announce(text: string, urgency: 'polite' | 'assertive' = 'polite'): void {
  if (said[urgency] === text) return
  say({ ...said, [urgency]: text })
  // What is said is said: left standing, it would be read again as if it were still true.
  setTimeout(() => said[urgency] === text && say({ ...said, [urgency]: '' }), STANDS_MS)
}

/** Says it to those who listen, and shows it for a while to those who look: what they did has no other trace. */
export function tell(text: string): void {
  announce(text)
  say({ ...said, shown: text })
  setTimeout(() => said.shown === text && say({ ...said, shown: '' }), SHOWN_MS)
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
    <>
      <div className="sr-only">
        <div role="status">{now.polite}</div>
        <div role="alert">{now.assertive}</div>
      </div>
      {now.shown && (
        <p aria-hidden className="fixed inset-x-0 bottom-6 z-50 mx-auto w-fit max-w-[90vw] rounded-card bg-text px-4 py-2 text-sm text-bg shadow-lg">
          {now.shown}
        </p>
      )}
    </>
  )
}
