/** One tab has an upload; the lock says which, and falls free when that tab closes or crashes. */

/** Resolves once this tab has the upload, with what gives it back. Rejects when `signal` ends the wait. */
export function take(key: string, signal?: AbortSignal): Promise<() => void> {
  // Pages over plain HTTP have no locks: then the server's own order of bytes has to do.
  const locks = lockManager()
  if (!locks) return Promise.resolve(() => undefined)
  return new Promise((resolve, reject) => {
    const held = (): Promise<void> => new Promise((release) => resolve(() => release()))
    locks.request(nameOf(key), signal ? { signal } : {}, held).catch(reject)
  })
}

export async function heldElsewhere(key: string): Promise<boolean> {
  const state = await lockManager()?.query()
  return state?.held?.some((lock) => lock.name === nameOf(key)) ?? false
}

const nameOf = (key: string): string => `upload:${key}`

const lockManager = (): LockManager | undefined =>
  typeof navigator === 'undefined' ? undefined : (navigator as { locks?: LockManager }).locks
