/** The list of jobs on the disk, a row for each, so that tabs that write at once cannot undo each other. A token that is
 *  said to be kept has been read back from there. What was taken from the list leaves a row without its token, for the
 *  mirror in localStorage may be older than that. */
import { clear, createStore, entries, getMany, setMany, type UseStore } from 'idb-keyval'
import * as v from 'valibot'
import { durableStore } from '@/durable.ts'
import { StoredJob } from './cache.ts'

const DATABASE = 'aisubs-jobs'
const STORE = 'jobs'
/** No server keeps a job for longer than its list should remember that it was taken away. */
const REMOVED_KEPT_MS = 90 * 24 * 3600 * 1000

const Removed = v.object({ removedAt: v.number() })

export interface KeptList {
  jobs: StoredJob[]
  removed: string[]
}

export interface KeptJobs {
  /** Null where this browser keeps nothing. */
  load(): Promise<KeptList | null>
  /** True once all of them are on the disk: they were read back. */
  keep(jobs: readonly StoredJob[]): Promise<boolean>
  /** As `keep`, for what an older mirror knows: what was taken from the list stays away. */
  adopt(jobs: readonly StoredJob[]): Promise<boolean>
  /** The last known state, of those that are still in the list. */
  note(jobs: readonly StoredJob[]): Promise<void>
  remove(ids: readonly string[]): Promise<void>
  /** As if there had never been any. */
  empty(): Promise<void>
}

export function browserKeptJobs(): KeptJobs {
  let opened: { durable: UseStore; usual: UseStore } | undefined
  const stores = (): { durable: UseStore; usual: UseStore } =>
    (opened ??= { durable: durableStore(DATABASE, STORE), usual: createStore(DATABASE, STORE) })
  const known = async (jobs: readonly StoredJob[]): Promise<boolean> => {
    const rows = await getMany<unknown>(jobs.map(({ id }) => id), stores().usual)
    return rows.every((row, at) => (row as { token?: unknown } | undefined)?.token === jobs[at]?.token)
  }
  /** Writes those of which `fit` says so of the row that is there, in one transaction. */
  const put = (store: UseStore, jobs: readonly StoredJob[], fit: (row: unknown, job: StoredJob) => boolean): Promise<void> =>
    store('readwrite', (rows) => {
      for (const job of jobs) {
        const asked = rows.get(job.id)
        asked.onsuccess = () => fit(asked.result, job) && rows.put(job, job.id)
      }
      return new Promise((resolve, reject) => {
        rows.transaction.oncomplete = () => resolve()
        rows.transaction.onabort = () => reject(rows.transaction.error ?? new DOMException('', 'AbortError'))
      })
    })
  return {
    async load() {
      const rows = await attempt(() => entries<string, unknown>(stores().usual))
      return rows && sorted(rows)
    },
    async keep(jobs) {
      const rows = jobs.map((job): [string, StoredJob] => [job.id, job])
      return (await attempt(async () => (await setMany(rows, stores().durable), known(jobs)))) ?? false
    },
    async adopt(jobs) {
      const write = (): Promise<void> => put(stores().durable, jobs, (row) => row === undefined)
      return (await attempt(async () => (await write(), true))) ?? false
    },
    async note(jobs) {
      const newer = (row: unknown, { last }: StoredJob): boolean => {
        const parsed = v.safeParse(StoredJob, row)
        return parsed.success && (parsed.output.last?.version ?? -1) <= (last?.version ?? -1)
      }
      await attempt(() => put(stores().usual, jobs, newer))
    },
    async remove(ids) {
      const rows = ids.map((id): [string, v.InferOutput<typeof Removed>] => [id, { removedAt: Date.now() }])
      await attempt(() => setMany(rows, stores().durable))
    },
    async empty() {
      await attempt(() => clear(stores().durable))
    },
  }
}

function sorted(rows: readonly [string, unknown][]): KeptList {
  const list: KeptList = { jobs: [], removed: [] }
  for (const [id, row] of rows) {
    const job = v.safeParse(StoredJob, row)
    const removed = v.safeParse(Removed, row)
    if (job.success) list.jobs.push(job.output)
    else if (removed.success && Date.now() - removed.output.removedAt < REMOVED_KEPT_MS) list.removed.push(id)
  }
  return list
}

/** Private windows, full disks and broken profiles reject in many ways, and all mean: nothing is kept here. */
async function attempt<T>(step: () => Promise<T>): Promise<T | null> {
  try {
    return await step()
  } catch (fault) {
    console.info('aisubs: the list of jobs could not be read or written.', fault)
    return null
  }
}
