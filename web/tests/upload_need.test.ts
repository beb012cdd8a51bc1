import { describe, expect, test } from 'vitest'
import { closingOf } from '@/features/upload/closing.ts'
import { de } from '@/i18n/de.ts'
import { en } from '@/i18n/en.ts'
import type { Phase, Upload } from '@/upload/phases.ts'
import { needOf } from '@/upload/need.ts'
import { NEW_UPLOAD } from './new_upload.ts'

const upload = (phase: Phase, change: Partial<Upload> = {}): Upload => ({ ...NEW_UPLOAD, phase, ...change })
const done = (kept = true): Upload => upload({ name: 'submitted', cached: false, cachedAt: null, kept })
const SENDING: Phase = { name: 'sending' }
const FULL: Phase = { name: 'waiting', reason: 'queue_full', until: 0 }

describe('whether the page may be closed', () => {
  test('is not told before anything was begun', () => {
    expect(closingOf([], en).sentence).toBeNull()
    expect(closingOf([upload({ name: 'ready' }), upload({ name: 'rejected', reason: 'empty_file' })], en).sentence).toBeNull()
  })

  test('each file that is not on the server is counted, whatever holds it back', () => {
    const ten = [...Array.from({ length: 7 }, () => done()), upload(SENDING), upload({ name: 'queued' }), upload(FULL)]
    const { sentence, may, title } = closingOf(ten, en)
    expect(sentence).toMatch(/^3 of 10 files still need this page: keep it open\. /)
    expect(may).toBe(false)
    expect(title).toBe('3 files not yet on the server')
    expect(closingOf(ten, de).sentence).toMatch(/^3 von 10 Dateien brauchen diese Seite noch: Lassen Sie sie offen\. /)
  })

  test('what closing would cost is that of the worst of them', () => {
    const two = [upload(SENDING, { reload: 'nothing' }), upload(SENDING, { reload: 'click' })]
    expect(needOf(two).reload).toBe('click')
    expect(closingOf(two.slice(0, 1), en).sentence).toContain('go on by themselves')
    expect(closingOf([upload(SENDING, { reload: 'all' })], en).sentence).toContain('you have to begin again')
  })

  test('is told once all is on the server and every job is kept', () => {
    expect(closingOf([done(), done()], en)).toMatchObject({ may: true, title: null })
    expect(closingOf([done(), done(false)], en)).toMatchObject({ may: false })
    expect(closingOf([done(), upload({ name: 'failed', code: 'internal', message: '' })], en)).toMatchObject({ may: false })
    expect(closingOf([done(), upload({ name: 'ready' })], en)).toMatchObject({ may: false })
    expect(closingOf([done(), upload({ name: 'inspecting' })], en)).toMatchObject({ may: false })
    expect(closingOf([done(), upload({ name: 'paused' })], en)).toMatchObject({ may: false })
    expect(closingOf([done(), upload(SENDING, { mirrored: true })], en)).toMatchObject({ may: false })
  })
})
