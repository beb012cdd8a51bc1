import 'fake-indexeddb/auto'
import { createStore, set } from 'idb-keyval'
import { describe, expect, test } from 'vitest'
import { Pace } from '@/upload/eta.ts'
import { fingerprint } from '@/upload/fingerprint.ts'
import { browserUploadStore } from '@/upload/upload_store.ts'
import { type Happening, next, type Upload } from '@/upload/phases.ts'
import type { UploadRecord } from '@/upload/record.ts'
import { NEW_UPLOAD } from './new_upload.ts'

const after = (...happenings: Happening[]): Upload => happenings.reduce(next, NEW_UPLOAD)
const GOOD: Happening = { on: 'inspected', rejection: null, durationMs: 60_000 }
const SENDING: Happening[] = [GOOD, { on: 'start' }, { on: 'turn' }, { on: 'announced', jobId: 'j' }]

describe('the phases of an upload', () => {
  test('lead from the choice to the job', () => {
    expect(after(...SENDING).phase.name).toBe('sending')
    const done = after(...SENDING, { on: 'done', jobId: 'j', cached: false, cachedAt: null, kept: true })
    expect(done).toMatchObject({ phase: { name: 'submitted' }, share: 1, jobId: 'j' })
  })

  test('a rejected file never starts', () => {
    const rejected: Happening = { on: 'inspected', rejection: 'not_media', durationMs: null }
    expect(after(rejected, { on: 'start' }, { on: 'turn' }).phase.name).toBe('rejected')
  })

  test('what a paused upload still hears changes nothing', () => {
    const paused = after(...SENDING, { on: 'pause' })
    const late: Happening[] = [
      { on: 'progress', share: 0.9, speed: 1, leftS: 1 },
      { on: 'wait', reason: 'network', until: 1 },
      { on: 'fail', code: 'internal', message: '' },
      { on: 'go on' },
    ]
    for (const happening of late) expect(next(paused, happening)).toBe(paused)
  })

  test('the bar never falls and is full only at the end', () => {
    const progress = (share: number): Happening => ({ on: 'progress', share, speed: 1, leftS: null })
    expect(after(...SENDING, progress(0.6), progress(0.2)).share).toBe(0.6)
    expect(after(...SENDING, progress(1)).share).toBe(0.99)
  })
})

describe('the fingerprint', () => {
  const file = (size: number, change?: number): Blob => {
    const bytes = new Uint8Array(size).fill(7)
    if (change !== undefined) bytes[change] = (bytes[change] ?? 0) ^ 1
    return new Blob([bytes])
  }

  test('is that of the content', async () => {
    expect(await fingerprint(file(5000))).toBe(await fingerprint(file(5000)))
  })

  test.each([0, 2_500_000, 4_999_999])('tells another file by its byte %i', async (change) => {
    expect(await fingerprint(file(5_000_000, change))).not.toBe(await fingerprint(file(5_000_000)))
  })

  test('tells another size', async () => {
    expect(await fingerprint(file(5001))).not.toBe(await fingerprint(file(5000)))
  })
})

describe('the ledger', () => {
  const record: UploadRecord = {
    v: 1,
    key: 'b'.repeat(32),
    name: 'talk.mp4',
    size: 10,
    type: '',
    fingerprint: 'f',
    script: null,
    options: { task: 'transcribe' },
    phase: 'sending',
    job: { id: 'j', token: 't' },
    session: { url: 'https://store/1', expires_at: null, parts: null },
    confirmed: 5,
    at: Date.now(),
    whole: true,
    extract: null,
    hash: null,
    handle: null,
    etags: [],
  }

  test('keeps an upload until it is over, and nothing that it cannot read', async () => {
    const uploads = browserUploadStore()
    expect(await uploads.save(record)).toBe(true)
    const raw = createStore('aisubs-uploads', 'records')
    await set('garbage', { v: 0, anything: true }, raw)
    await set('old', { ...record, key: 'c'.repeat(32), at: Date.now() - 7 * 86_400_000 }, raw)
    expect(await browserUploadStore().load()).toEqual([record])
    await uploads.forget(record.key)
    expect(await uploads.load()).toEqual([])
  })
})

describe('the pace', () => {
  test('gives speed at once and time left once it is settled', () => {
    const pace = new Pace()
    for (let second = 0; second <= 4; second += 1) pace.add(second * 1000, second * 1_000_000)
    expect(pace.speed).toBe(1_000_000)
    expect(pace.leftS(4000, 60_000_000)).toBeNull()
    for (let second = 5; second <= 9; second += 1) pace.add(second * 1000, second * 1_000_000)
    expect(pace.leftS(9000, 45_000_000)).toBe(50)
  })

  test('holds what it said for a while, and forgets a start that was undone', () => {
    const pace = new Pace()
    for (let second = 0; second <= 9; second += 1) pace.add(second * 1000, second * 1_000_000)
    const said = pace.leftS(9000, 45_000_000)
    expect(pace.leftS(10_000, 30_000_000)).toBe(said)
    pace.add(11_000, 0)
    expect(pace.speed).toBeNull()
  })
})
