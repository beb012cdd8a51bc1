/** Any answer may say that a session has ended: it is told here, whoever asked. */

const listeners = new Set<(shown: string) => void>()

/** `listener` gets the tokens that were shown, so that a late answer ends no newer session. */
export function onSignedOut(listener: (shown: string) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function noteSignedOut(shown: string): void {
  for (const listener of listeners) listener(shown)
}
