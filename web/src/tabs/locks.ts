/** Locks over the tabs of this page, which fall free when their tab closes or crashes. Pages over plain HTTP have no Web Locks
 *  (W3C, "SecureContext"): there the tabs ask each other. */
import { loadChunk } from '@/chunks.ts'

export interface Locks {
  hold(name: string, signal?: AbortSignal): Promise<() => void>
  isHeld(name: string): Promise<boolean>
}

/** Resolves once this tab has it, with what gives it back. Rejects when `signal` ends the wait. */
export const hold = async (name: string, signal?: AbortSignal): Promise<() => void> => (await locks()).hold(name, signal)

/** Whether any tab has it, this one too. */
export const isHeld = async (name: string): Promise<boolean> => (await locks()).isHeld(name)

let made: Promise<Locks> | undefined
const locks = (): Promise<Locks> => (made ??= make())

async function make(): Promise<Locks> {
  const all = typeof navigator === 'undefined' ? undefined : (navigator as { locks?: LockManager }).locks
  return all ? webLocks(all) : (await loadChunk(() => import('./asked_locks.ts'))).askedLocks()
}

const webLocks = (all: LockManager): Locks => ({
  hold: (name, signal) =>
    new Promise((resolve, reject) => {
      const held = (): Promise<void> => new Promise((release) => resolve(() => release()))
      all.request(name, signal ? { signal } : {}, held).catch(reject)
    }),
  async isHeld(name) {
    return (await all.query()).held?.some((lock) => lock.name === name) ?? false
  },
})
