/** What many deletions come to, for somebody who reads them together. */
import { expect, test } from 'vitest'
import { type Deletion, summed } from '@/backend/deletion.ts'

const one = (more: Partial<Deletion>): Deletion => ({
  job_id: 'a', deleted_at: '2026-11-30T10:00:00Z', finished_at: '2026-11-30T10:00:01Z', rows: {}, objects: {}, kept: [], ...more,
})

test('numbers are added up, and what stays is named once, until the last of it goes', () => {
  const until = (what: string, day: string | null) => ({ what, until: day && `2026-12-${day}T10:00:00Z` })
  const all = [
    one({ rows: { transcription_jobs: 1, transcript_windows: 4 }, objects: { source: 1, results: 3 }, kept: [until('upload', '08'), until('logs', null), until('results', '02')] }),
    one({ rows: { transcription_jobs: 1 }, finished_at: null, kept: [until('upload', '09'), until('logs', null), until('results', null)] }),
    one({ kept: [until('upload', '07'), until('results', '30')] }),
  ]
  expect(summed(all)).toEqual({
    recordings: 3, rows: 6, files: 4, unfinished: 1, kept: [until('upload', '09'), until('logs', null), until('results', null)],
  })
  expect(summed([])).toEqual({ recordings: 0, rows: 0, files: 0, unfinished: 0, kept: [] })
})
