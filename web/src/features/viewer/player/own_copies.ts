/** Which file of this device is whose recording: permission to open it again, as the browser keeps such things. Nothing of it
 *  is sent, and whoever signs out leaves none of it. */
import { del, entries, get, set, type UseStore } from 'idb-keyval'
import { durableStore } from '@/durable.ts'
import type { FileHandle } from '@/upload/record.ts'

export type KeptHandle = FileHandle & { readonly name: string }

interface Row {
  handle: KeptHandle
  at: number
}

/** Of jobs that are gone nobody tells this list; what was not opened for so long is forgotten. */
const FORGET_AFTER_MS = 90 * 24 * 3600 * 1000

let opened: UseStore | undefined
const store = (): UseStore => (opened ??= durableStore('aisubs-copies', 'handles'))

export async function keepCopy(job: string, handle: FileHandle): Promise<void> {
  await attempt(async () => {
    await set(job, { handle, at: Date.now() }, store())
    for (const [key, row] of await entries<string, Row>(store())) if (row.at < Date.now() - FORGET_AFTER_MS) await del(key, store())
  })
}

export const keptCopy = async (job: string): Promise<KeptHandle | null> => (await attempt(() => get<Row>(job, store())))?.handle ?? null

export async function forgetCopy(job: string): Promise<void> {
  await attempt(() => del(job, store()))
}

/** Private windows and full disks reject in many ways, and all mean: nothing is kept. */
async function attempt<T>(act: () => Promise<T>): Promise<T | null> {
  try {
    return await act()
  } catch {
    return null
  }
}
