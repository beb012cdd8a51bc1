/** Ids, tokens and the last known state in localStorage: a mirror of what kept.ts has on the disk, there at once when a page
 *  begins, and the way in which tabs hear of each other's jobs. Browsers write it to the disk much later. What is there was perhaps written by another build, another
 *  program or a broken disk, so it is parsed with care and never thrown away: what cannot be read is set aside. */
import * as v from 'valibot'
import { Job } from '@/backend/types.ts'

export const KEY = 'aisubs.jobs.v1'
const REMOVED_KEY = 'aisubs.removed.v1'
const REMOVED_KEPT = 500

export const StoredJob = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  token: v.pipe(v.string(), v.minLength(1)),
  addedAt: v.number(),
  last: v.optional(v.nullable(v.fallback(v.nullable(Job), null)), null),
  /** When it was first seen doing what it does in `last`. */
  since: v.optional(v.number()),
})
export type StoredJob = v.InferOutput<typeof StoredJob>
const Stored = v.array(StoredJob)

export function readJobs(storage: Storage | null): StoredJob[] {
  const text = attempt(() => storage?.getItem(KEY) ?? null)
  if (text === null) return []
  const parsed = v.safeParse(Stored, attempt(() => JSON.parse(text) as unknown))
  if (parsed.success) return parsed.output
  attempt(() => storage?.setItem(`${KEY}.bad`, text))
  return []
}

/** False when nothing could be kept (full, or switched off). */
export function writeJobs(storage: Storage | null, jobs: readonly StoredJob[]): boolean {
  if (storage === null) return false
  return attempt(() => (storage.setItem(KEY, JSON.stringify(jobs)), true)) ?? false
}

/** What could not be read may hold tokens too. */
export function clearJobs(storage: Storage | null): void {
  writeJobs(storage, [])
  attempt(() => storage?.removeItem(`${KEY}.bad`))
}

/** Ids taken from the list in any tab: absence alone proves nothing, two tabs may write at once. */
export function readRemoved(storage: Storage | null): string[] {
  const text = attempt(() => storage?.getItem(REMOVED_KEY) ?? null)
  const parsed = v.safeParse(v.array(v.string()), text === null ? [] : attempt(() => JSON.parse(text) as unknown))
  return parsed.success ? parsed.output : []
}

export function writeRemoved(storage: Storage | null, ids: readonly string[]): void {
  attempt(() => storage?.setItem(REMOVED_KEY, JSON.stringify(ids.slice(-REMOVED_KEPT))))
}

/** Storage of a browser that has none, or whose owner has switched it off, throws at the first touch. */
export function browserStorage(): Storage | null {
  return attempt(() => globalThis.localStorage)
}

function attempt<T>(step: () => T): T | null {
  try {
    return step()
  } catch {
    return null
  }
}
