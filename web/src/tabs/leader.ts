/** What one tab does for all of them. When that tab closes, crashes, or is put to sleep, another one takes over. */

/** Calls `begin` while this tab leads, and what that returned when it no longer does. The returned function gives up. */
export function lead(name: string, begin: () => () => void): () => void {
  const locks = lockManager()
  // Pages over plain HTTP have no locks: then every tab does it for itself.
  if (!locks) return begin()
  let turn: AbortController | null = null
  const enter = (): void => {
    if (turn) return
    turn = new AbortController()
    void locks.request(`leader:${name}`, { signal: turn.signal }, untilAborted(turn.signal, begin)).catch(givenUp)
  }
  const leave = (): void => {
    turn?.abort()
    turn = null
  }
  // A sleeping tab would keep the lock and do nothing; one kept for the back button could not be kept with it.
  const events: [EventTarget, string, () => void][] = [
    [document, 'freeze', leave],
    [document, 'resume', enter],
    [globalThis, 'pagehide', leave],
    [globalThis, 'pageshow', enter],
  ]
  for (const [target, event, step] of events) target.addEventListener(event, step)
  enter()
  return () => {
    leave()
    for (const [target, event, step] of events) target.removeEventListener(event, step)
  }
}

function untilAborted(signal: AbortSignal, begin: () => () => void): () => Promise<void> {
  return () =>
    new Promise((resolve) => {
      const end = begin()
      signal.addEventListener('abort', () => {
        end()
        resolve()
      })
    })
}

/** Leaving while in line rejects the request for the lock; that was the wish. */
function givenUp(fault: unknown): void {
  if (!(fault instanceof DOMException && fault.name === 'AbortError')) throw fault
}

const lockManager = (): LockManager | undefined =>
  typeof navigator === 'undefined' ? undefined : (navigator as { locks?: LockManager }).locks
