import { useSyncExternalStore } from 'react'

/** One place that speaks, so that nothing is said twice and nothing is drowned. */
let said = { polite: '', assertive: '' }
const listeners = new Set<() => void>()

export function announce(text: string, urgency: 'polite' | 'assertive' = 'polite'): void {
  if (said[urgency] === text) return
  said = { ...said, [urgency]: text }
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
