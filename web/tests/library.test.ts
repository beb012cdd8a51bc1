/** @vitest-environment jsdom */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BackendError } from '@/backend/backend.ts'
import { noteSignedOut } from '@/backend/signed_out.ts'
import type { Job } from '@/backend/types.ts'
import { takeFragment } from '@/app/fragment.ts'
import { deviceName } from '@/sign_in/device.ts'
import { JobStore } from '@/jobs/store.ts'
import { Feed } from '@/library/feed.ts'
import { Identity } from '@/library/identity.ts'
import { newLibraryKey, readKey, shownKey } from '@/library/key.ts'
import { submitFor } from '@/library/submitting.ts'
import { httpBackend } from '@/backend/http.ts'

beforeEach(() => localStorage.clear())

describe('the key of a library', () => {
  test('is read back as people type it', () => {
    const key = newLibraryKey()
    expect(key).toMatch(/^lib_[0-9a-hjkmnp-tv-z]{26}$/)
    const shown = shownKey(key)
    expect(shown).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{2}$/)
    for (const typed of [shown, shown.toLowerCase(), shown.replaceAll('-', ' '), key, `http://a.lan:8000/#library=${key}`, ` ${shown}\n`]) {
      expect(readKey(typed), typed).toBe(key)
    }
    expect(readKey(shown.replaceAll('0', 'o').replaceAll('1', 'L'))).toBe(key)
    for (const wrong of ['', 'lib_', shown.slice(1), `${shown}7`, shown.replace(/.$/, 'U')]) expect(readKey(wrong), wrong).toBeNull()
  })

  test('no two are alike', () => {
    expect(new Set(Array.from({ length: 1000 }, newLibraryKey)).size).toBe(1000)
  })
})

describe('what an address brings', () => {
  const seen: string[] = []
  const take = (hash: string): string => {
    seen.length = 0
    history.replaceState(null, '', `/x?y=1${hash}`)
    takeFragment({ signIn: (key) => seen.push(`sign in ${key}`), offer: (key) => seen.push(`offer ${key}`) })
    return location.pathname + location.search + location.hash
  }
  test('a key leaves the address before anything is asked', () => {
    expect(take('#key=abc-DEF_9')).toBe('/x?y=1')
    expect(seen).toEqual(['sign in abc-DEF_9'])
    const key = newLibraryKey()
    expect(take(`#library=${key}`)).toBe('/x?y=1')
    expect(seen).toEqual([`offer ${key}`])
  })
  test('of another fragment nothing is taken, and half a key opens nothing', () => {
    expect(take('#main')).toBe('/x?y=1#main')
    expect(take('#library=lib_short')).toBe('/x?y=1')
    expect(seen).toEqual([])
  })
  test('a device is named so that its owner knows it', () => {
    expect(deviceName('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe('Firefox, Linux')
    expect(deviceName('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1')).toBe('Safari, iOS')
    expect(deviceName('')).toBe('Browser')
  })
})

const backend = httpBackend('')
const identity = (): Identity => new Identity(localStorage, { ...backend, signIn: () => Promise.resolve({ token: 'own_1', session_id: 's' }) })
const ends: (() => void)[] = []
afterEach(() => ends.splice(0).forEach((end) => end()))

describe('who this browser is', () => {
  test('nobody, then its own library by the first job, then the machine’s owner, in every tab and after a reload', async () => {
    const me = identity()
    expect(me.getSnapshot()).toMatchObject({ kind: 'browser', token: null })
    const key = me.forNewJob()
    expect(me.token).toBe(key)
    expect(identity().token).toBe(key)
    await me.signIn('k', 'here')
    expect(me.getSnapshot()).toMatchObject({ kind: 'machine', token: 'own_1', said: 'signed-in' })
    expect([me.leftBehind, me.claimDue]).toEqual([[key], true])
    expect(identity().getSnapshot()).toMatchObject({ kind: 'machine', token: 'own_1' })
  })

  test('an ended session is thrown away, by its own end alone', async () => {
    const me = identity()
    ends.push(me.start())
    await me.signIn('k', 'here')
    noteSignedOut('Bearer own_of_another')
    expect(me.getSnapshot().kind).toBe('machine')
    noteSignedOut('Bearer own_1, Bearer x')
    expect(me.getSnapshot()).toMatchObject({ kind: 'browser', said: 'ended' })
  })

  test('a job that is announced when the session has just ended is the browser’s own', async () => {
    const me = identity()
    ends.push(me.start())
    await me.signIn('k', 'here')
    const shown: (readonly string[])[] = []
    const submit = submitFor(me, {
      ...backend,
      submit(_file, _options, _key, { tokens }) {
        shown.push(tokens)
        if (tokens[0] !== 'own_1') return Promise.resolve({ job_id: 'a', access_token: 't', status: 'uploading', cached: false, cached_at: null, upload: null })
        noteSignedOut('Bearer own_1')
        return Promise.reject(new BackendError('signed_out', '', false))
      },
    })
    const options = { language: null, languages: [], task: 'transcribe', hotwords: null, audio_track: null, diarize: null, num_speakers: null, min_speakers: null, max_speakers: null, channels: null, model: null, second_opinion: null } as const
    await submit({ name: 'a', size: 1, type: '' }, options, 'key', { hash: null, tokens: ['own_1', 'own token'] })
    expect(shown).toEqual([['own_1', 'own token'], [me.ownKey(), 'own token']])
  })
})

const job = (id: string, change: Partial<Job> = {}): Job => ({
  ...{ job_id: id, status: 'completed', progress: 100, progress_ms: 0, filename: `${id}.mp4`, version: 1, created_at: '2026-01-01T00:00:00Z' },
  ...{ progress_stage: null, duration_ms: null, waiting_for: null, waiting_until: null, position: null, file_size_bytes: null, options: {}, language: null },
  ...{ error_code: null, error_message: null, retryable: null, cached: false, cached_at: null, audio_track: null, windows: 0, started_at: null, completed_at: null },
  ...{ expires_at: null, eta_s: null, worked_s: 0, watch_topic: null, source: 'folder', title: null, tags: [], kept: false, edited_at: null, second_opinion: null, diarization: null, warn_at: null, alignment: null, losses: null },
  ...change,
})

describe('jobs that are held by a right to all', () => {
  test('are in the list and not on this disk, and go with the right', async () => {
    const store = new JobStore(localStorage)
    store.add({ id: 'mine', token: 't' })
    const me = identity()
    const claimed: unknown[] = []
    const feed = new Feed({
      ...backend,
      claim: (...given) => (claimed.push(given), Promise.resolve(1)),
      ownJobs: () => Promise.resolve({ jobs: [job('inbox'), job('mine')], total: 2, totals: null }),
    }, me, store)
    ends.push(feed.start())
    await me.signIn('k', 'here')
    await expect.poll(() => store.get('inbox')?.ref).toEqual({ id: 'inbox', token: 'own_1' })
    expect(store.get('mine')?.ref.token).toBe('t')
    expect(claimed).toEqual([['own_1', [{ id: 'mine', token: 't' }], [], false]])
    expect(new JobStore(localStorage).getSnapshot().entries.map(({ ref }) => ref.id)).toEqual(['mine'])
    // What this browser made for the owner is the owner's: whoever sits here next sees none of it.
    noteSignedOut('')
    ends.push(me.start())
    noteSignedOut('Bearer own_1')
    expect(store.getSnapshot().entries).toEqual([])
    expect(new JobStore(localStorage).getSnapshot().entries).toEqual([])
  })

  test('one that was taken from the list does not come back by itself', () => {
    const store = new JobStore(localStorage)
    store.hold([job('a')], 'own_1')
    store.forget('a')
    store.hold([job('a')], 'own_1')
    expect(store.getSnapshot().entries).toEqual([])
  })
})
