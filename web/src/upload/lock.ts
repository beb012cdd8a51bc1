/** One tab has an upload; the lock says which, and falls free when that tab closes or crashes. */
import { hold, isHeld } from '@/tabs/locks.ts'

/** Resolves once this tab has the upload, with what gives it back. Rejects when `signal` ends the wait. */
export const take = (key: string, signal?: AbortSignal): Promise<() => void> => hold(nameOf(key), signal)

export const heldElsewhere = (key: string): Promise<boolean> => isHeld(nameOf(key))

const nameOf = (key: string): string => `upload:${key}`
