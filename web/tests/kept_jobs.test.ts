import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { KEY } from '@/jobs/cache.ts'
import { browserKeptJobs } from '@/jobs/kept.ts'
import { JobStore } from '@/jobs/store.ts'
import { SmallStorage } from './small_storage.ts'

beforeEach(() => vi.stubGlobal('indexedDB', new IDBFactory()))
afterEach(() => vi.unstubAllGlobals())

const REF = { id: 'job-a', token: 'token-a' }
const ids = (store: JobStore): string[] => store.getSnapshot().entries.map(({ ref }) => ref.id)

/** What a browser finds that was killed before it wrote its localStorage. */
async function afterKill(storage: Storage = new SmallStorage()): Promise<JobStore> {
  const store = new JobStore(storage, browserKeptJobs())
  await store.load()
  return store
}

test('a job that is secured is there without the mirror', async () => {
  const store = await afterKill()
  store.add(REF)
  expect(await store.secure(REF)).toBe(true)
  expect((await afterKill()).get(REF.id)?.ref).toEqual(REF)
})

test('what an earlier build kept in localStorage alone is taken over', async () => {
  const storage = new SmallStorage()
  storage.setItem(KEY, JSON.stringify([{ ...REF, addedAt: 5, last: null }]))
  await afterKill(storage)
  await expect.poll(async () => ids(await afterKill())).toEqual([REF.id])
})

test('what was taken from the list stays away, also when the mirror is older, until it is wanted back', async () => {
  const storage = new SmallStorage()
  const store = await afterKill(storage)
  store.add(REF)
  await store.secure(REF)
  const older = storage.getItem(KEY) ?? ''
  const entry = store.get(REF.id)
  store.forget(REF.id)
  const behind = new SmallStorage()
  behind.setItem(KEY, older)
  await expect.poll(async () => ids(await afterKill(behind))).toEqual([])
  if (entry) store.restore(entry)
  await expect.poll(async () => ids(await afterKill())).toEqual([REF.id])
})

test('two tabs that write at once lose no token', async () => {
  const [one, two] = await Promise.all([afterKill(), afterKill()])
  one.add(REF)
  two.add({ id: 'job-b', token: 'token-b' })
  expect(await Promise.all([one.secure(REF), two.secure({ id: 'job-b', token: 'token-b' })])).toEqual([true, true])
  expect(ids(await afterKill()).sort()).toEqual(['job-a', 'job-b'])
})

test('a browser that refuses IndexedDB is not said to keep anything', async () => {
  vi.stubGlobal('indexedDB', undefined)
  const store = await afterKill()
  store.add(REF)
  expect(await store.secure(REF)).toBe(false)
  expect(store.getSnapshot().kept).toBe(true) // its mirror outlives a reload, though perhaps not a kill
})
