import { describe, expect, test } from 'vitest'
import type { Job } from '@/backend/types.ts'
import { KEY, readJobs, writeJobs } from '@/jobs/cache.ts'
import { merge } from '@/jobs/merge.ts'
import { JobStore } from '@/jobs/store.ts'
import { de } from '@/i18n/de.ts'
import { en } from '@/i18n/en.ts'
import { errorText } from '@/i18n/language.ts'
import { pageOf, PER_PAGE } from '@/features/jobs/sections.ts'
import { SmallStorage } from './small_storage.ts'

const job = (change: Partial<Job>): Job => ({
  job_id: 'a',
  status: 'processing',
  progress_stage: 'transcribing',
  progress: 0,
  progress_ms: 0,
  duration_ms: 60_000,
  waiting_for: null,
  waiting_until: null,
  position: null,
  filename: 'a.mp4',
  file_size_bytes: 1,
  options: {},
  language: null,
  error_code: null,
  error_message: null,
  retryable: null,
  cached: false,
  cached_at: null,
  audio_track: null,
  windows: 0,
  watch_topic: null,
  version: 1,
  created_at: '2026-01-01T00:00:00Z',
  started_at: null,
  completed_at: null,
  expires_at: null,
  eta_s: null,
  worked_s: 0,
  source: 'web',
  title: null,
  tags: [],
  kept: false,
  second_opinion: null,
  diarization: null,
  edited_at: null,
  warn_at: null,
  alignment: null, losses: null,
  ...change,
})

describe('merge', () => {
  test('in every order of arrival the highest version stands at the end', () => {
    const news = [1, 2, 3].map((version) => job({ version, progress: version * 10, progress_ms: version }))
    const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
    for (const order of orders) {
      let known: Job | null = null
      for (const at of order) known = merge(known, news[at] ?? job({}))
      expect(known).toEqual(news[2])
    }
  })

  test('within a version place and estimate follow, progress only rises', () => {
    const known = job({ status: 'pending', position: 3, progress: 40, progress_ms: 400 })
    expect(merge(known, { ...known })).toBe(known)
    expect(merge(known, { ...known, position: 2 }).position).toBe(2)
    expect(merge(known, { ...known, position: 1, progress: 10, progress_ms: 100 })).toMatchObject({ progress: 40 })
  })
})

describe('the list in the browser', () => {
  test('outlives the page', () => {
    const storage = new SmallStorage()
    const before = new JobStore(storage)
    before.add({ id: 'a', token: 't' })
    before.merge([job({ version: 7, status: 'completed' })])
    const [entry] = new JobStore(storage).getSnapshot().entries
    expect(entry).toMatchObject({ ref: { id: 'a', token: 't' }, job: { version: 7, status: 'completed' } })
  })

  test.each(['not json', '{"a":1}', '[{"id":""}]', 'null'])('sets %s aside instead of throwing it away', (text) => {
    const storage = new SmallStorage()
    storage.setItem(KEY, text)
    expect(new JobStore(storage).getSnapshot().entries).toEqual([])
    expect(storage.getItem(`${KEY}.bad`)).toBe(text)
  })

  test('keeps id and token when only the last state is unreadable', () => {
    const storage = new SmallStorage()
    storage.setItem(KEY, JSON.stringify([{ id: 'a', token: 't', addedAt: 1, last: { status: 'dancing' } }]))
    expect(readJobs(storage)).toEqual([{ id: 'a', token: 't', addedAt: 1, last: null }])
  })

  test('works without storage, and says that nothing is kept', () => {
    for (const storage of [null, new SmallStorage(1)]) {
      const store = new JobStore(storage)
      store.add({ id: 'a', token: 't' })
      expect(store.getSnapshot()).toMatchObject({ kept: false, entries: [{ ref: { id: 'a' } }] })
    }
  })

  test('two tabs that write at once lose no token', () => {
    const storage = new SmallStorage()
    const one = new JobStore(storage)
    const two = new JobStore(storage)
    one.add({ id: 'a', token: 't' })
    two.add({ id: 'b', token: 'u' })
    one.onStorage({ key: KEY })
    const ids = (store: JobStore): string[] => store.getSnapshot().entries.map((entry) => entry.ref.id).sort()
    expect(ids(one)).toEqual(['a', 'b'])
    expect(ids(two)).toEqual(['a', 'b'])
    expect(readJobs(storage)).toHaveLength(2)
  })

  test('what one tab removed does not come back from another', () => {
    const storage = new SmallStorage()
    const one = new JobStore(storage)
    one.add({ id: 'a', token: 't' })
    const two = new JobStore(storage)
    one.remove(['a'])
    two.add({ id: 'b', token: 'u' })
    two.merge([job({ version: 9 })])
    expect(readJobs(storage).map((stored) => stored.id)).toEqual(['b'])
  })

  test('news of a job that was removed comes too late, and undo brings it back', () => {
    const store = new JobStore(new SmallStorage())
    store.add({ id: 'a', token: 't' })
    const [entry] = store.getSnapshot().entries
    store.forget('a')
    store.merge([job({})])
    expect(store.getSnapshot().entries).toEqual([])
    if (entry) store.restore(entry)
    expect(store.getSnapshot().entries).toHaveLength(1)
  })

  test('writes nothing to a full disk and throws nothing', () => {
    expect(writeJobs(new SmallStorage(1), [{ id: 'a', token: 't', addedAt: 1, last: null }])).toBe(false)
  })
})

describe('pages', () => {
  const store = new JobStore(null)
  for (let at = 0; at < 23; at += 1) store.add({ id: `j${at}`, token: 't' })
  store.merge(
    Array.from({ length: 23 }, (_, at) =>
      job({ job_id: `j${at}`, filename: `${at % 2 ? 'Talk' : 'Song'} ${at}`, status: at < 4 ? 'processing' : 'completed' }),
    ),
  )
  const { entries } = store.getSnapshot()

  test('hold ten, the active first, and every job once', () => {
    const seen = [1, 2, 3].flatMap((page) => pageOf(entries, 'all', '', page).sections.flatMap((one) => one.entries))
    expect(new Set(seen.map((entry) => entry.ref.id)).size).toBe(23)
    expect(pageOf(entries, 'all', '', 1)).toMatchObject({ from: 1, to: PER_PAGE, total: 23, pages: 3 })
    expect(pageOf(entries, 'all', '', 1).sections[0]).toMatchObject({ section: 'active', total: 4 })
    expect(pageOf(entries, 'all', '', 99)).toMatchObject({ from: 21, to: 23 })
  })

  test('of a filter and a search', () => {
    expect(pageOf(entries, 'completed', 'tALK', 1).total).toBe(9)
    expect(pageOf(entries, 'failed', '', 1)).toMatchObject({ total: 0, from: 0, to: 0, sections: [] })
  })
})

describe('why a job failed', () => {
  test('is told in the words of the page, except what only the worker knows', () => {
    const server = 'No worker could be started for this job. faster_whisper is not installed.'
    expect(errorText(de, 'worker_start', server)).toBe('Für diesen Auftrag ließ sich keine Maschine starten. faster_whisper is not installed.')
    expect(errorText(en, 'worker_start', 'No worker could be started for this job.')).toBe('No machine could be started for this job.')
    expect(errorText(en, 'engine_failed', server)).not.toContain('faster_whisper')
    expect(errorText(en, 'unheard_of', server)).toBe(server)
  })
})
