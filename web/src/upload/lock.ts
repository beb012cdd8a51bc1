/** One tab sends an upload; the lock says which, and falls free when that tab closes or crashes. */

/** Runs `step` while this tab holds the upload. Waits for another tab that holds it. */
export async function holding(key: string, step: () => Promise<void>): Promise<void> {
  // Pages over plain HTTP have no locks: then the server's own order of bytes has to do.
  const locks = lockManager()
  if (locks) await locks.request(nameOf(key), step)
  else await step()
}

export async function heldElsewhere(key: string): Promise<boolean> {
  const state = await lockManager()?.query()
  return state?.held?.some((lock) => lock.name === nameOf(key)) ?? false
}

const nameOf = (key: string): string => `upload:${key}`

const lockManager = (): LockManager | undefined =>
  typeof navigator === 'undefined' ? undefined : (navigator as { locks?: LockManager }).locks
