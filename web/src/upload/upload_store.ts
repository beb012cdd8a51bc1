/** The uploads under way, in IndexedDB, so that a reload, a crash of the tab or a killed browser loses none of them. */
import { del, entries, get, keys, set, setMany, type UseStore } from 'idb-keyval'
import * as v from 'valibot'
import { durableStore } from '@/durable.ts'
import { UploadRecord } from './record.ts'

const FORGET_AFTER_MS = 6 * 24 * 3600 * 1000 // Google ends a session after seven days

export interface UploadStore {
  load(): Promise<UploadRecord[]>
  /** Null for one that is not there, or cannot be read. */
  find(key: string): Promise<UploadRecord | null>
  /** Null when the browser does not say. */
  keys(): Promise<Set<string> | null>
  /** False when this browser keeps nothing; the upload goes on without it. */
  save(record: UploadRecord): Promise<boolean>
  /** All or none, at once: many files are chosen together. */
  saveAll(records: readonly UploadRecord[]): Promise<boolean>
  forget(key: string): Promise<void>
}

export function browserUploadStore(): UploadStore {
  let opened: UseStore | undefined
  const store = (): UseStore => (opened ??= durableStore('aisubs-uploads', 'records'))
  const save = (record: UploadRecord): Promise<true | null> =>
    attempt(async () => (await set(record.key, record, store()), true as const))
  return {
    async load() {
      const rows = (await attempt(() => entries<string, unknown>(store()))) ?? []
      const records: UploadRecord[] = []
      for (const [key, value] of rows) {
        const parsed = v.safeParse(UploadRecord, value)
        if (parsed.success && Date.now() - parsed.output.at < FORGET_AFTER_MS) records.push(parsed.output)
        else await attempt(() => del(key, store()))
      }
      return records.sort((a, b) => a.at - b.at)
    },
    async find(key) {
      const parsed = v.safeParse(UploadRecord, await attempt(() => get<unknown>(key, store())))
      return parsed.success ? parsed.output : null
    },
    async keys() {
      const found = await attempt(() => keys<string>(store()))
      return found && new Set(found)
    },
    async save(record) {
      // A handle that cannot be kept must not cost the rest.
      return (await save(record)) ?? (record.handle ? await save({ ...record, handle: null }) : null) ?? false
    },
    async saveAll(records) {
      const rows = records.map((record): [string, UploadRecord] => [record.key, record])
      return (await attempt(async () => (await setMany(rows, store()), true))) ?? false
    },
    async forget(key) {
      await attempt(() => del(key, store()))
    },
  }
}

/** Private windows, full disks and broken profiles reject in many ways, and all mean: nothing is kept. */
async function attempt<T>(step: () => Promise<T>): Promise<T | null> {
  try {
    return await step()
  } catch {
    return null
  }
}
