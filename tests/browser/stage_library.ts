/** A machine's library for the pictures: recordings from everywhere, named, tagged, corrected, kept; two devices; a search. */
import type { Request } from 'playwright-core'
import { NOW, type Script } from './stage.ts'
import { CONFIG, done, JOBS, type Job } from './stage_script.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const at = (ms: number): string => new Date(NOW.getTime() + ms).toISOString()

const council = done('2026-11-16_council_session_raw.mp4', 4 * HOUR, {
  title: 'Council meeting, 16 November', source: 'folder', tags: ['council', '2026'], duration_ms: 7_384_000, file_size_bytes: 2_140_000_000,
  edited_at: at(-HOUR), revision: 4, kept: true, expires_at: null,
})
const witness = done('Deposition of the second witness, afternoon session, camera B.mov', 150 * HOUR, {
  source: 'folder', tags: ['Lindqvist v. Harbour', 'witness'], edited_at: at(-140 * HOUR), revision: 12, expires_at: at(18 * HOUR), warn_at: at(-HOUR),
  duration_ms: 10_932_000, file_size_bytes: 4_870_000_000,
})
const more = [
  done('interview-lindqvist.wav', 9 * HOUR, { source: 'cli', tags: ['archive'], edited_at: at(-2 * HOUR), revision: 1, file_size_bytes: 61_000_000 }),
  done('standup.m4a', 2 * DAY, { source: 'cli', duration_ms: 912_000, file_size_bytes: 9_200_000, expires_at: at(5 * DAY) }),
  done('Vorlesung 08 - Entropie.mp3', 3 * DAY, { source: 'folder', language: 'de', tags: ['Vorlesung'], expires_at: at(4 * DAY) }),
  done('Vorlesung 09 - Wärmekraftmaschinen.mp3', 2 * DAY, { source: 'folder', language: 'de', tags: ['Vorlesung'], expires_at: at(5 * DAY) }),
]

export const LIBRARY: Job[] = [JOBS.listening, JOBS.inLine, JOBS.interview, council, ...more, witness, JOBS.german, JOBS.silent, JOBS.cancelled]

const count = (values: string[]): Record<string, number> =>
  Object.fromEntries([...new Set(values)].map((one) => [one, values.filter((other) => other === one).length]))

/** As many recordings as wanted. */
export const many = (n: number): Job[] =>
  Array.from({ length: n }, (_, index) =>
    done(`recording-${String(index + 1).padStart(4, '0')}.mp4`, index * HOUR, {
      source: ['folder', 'cli', 'web'][index % 3], tags: index % 4 === 0 ? ['council', '2026'] : [], edited_at: index % 5 === 0 ? at(-HOUR) : null,
    }),
  )

export function libraryScript(jobs: Job[] = LIBRARY): Script {
  const page = (asked: Request): unknown => {
    const query = new URL(asked.url()).searchParams
    const [number, size] = [Number(query.get('page') ?? 1), Number(query.get('per_page') ?? 10)]
    const text = query.get('text')?.toLowerCase() ?? ''
    const found = jobs.filter((job) => `${job.filename} ${String(job['title'])} ${String(job['tags'])}`.toLowerCase().includes(text))
    return {
      jobs: found.slice((number - 1) * size, number * size),
      total: found.length,
      page: number,
      per_page: size,
      gone: [],
      totals: {
        jobs: jobs.length,
        duration_ms: jobs.reduce((sum, job) => sum + Number(job['duration_ms'] ?? 0), 0),
        size_bytes: jobs.reduce((sum, job) => sum + Number(job['file_size_bytes'] ?? 0), 0),
        statuses: count(jobs.map((job) => job.status)),
        sources: count(jobs.map((job) => String(job['source']))),
        tags: count(jobs.flatMap((job) => job['tags'] as string[])),
      },
    }
  }
  const patched = (asked: Request): unknown => {
    const job = jobs.find((one) => asked.url().endsWith(one.job_id))
    const { title, tags, keep } = asked.postDataJSON() as { title?: string; tags?: string[]; keep?: boolean }
    if (job) Object.assign(job, { version: Number(job['version']) + 1 }, title === undefined ? {} : { title }, tags ? { tags } : {}, keep === undefined ? {} : { kept: keep })
    return job
  }
  return {
    'GET /api/config': { ...CONFIG, sign_in: { link: true, anonymous: true, oidc: null, supabase: null }, keep: true, share: { base_url: 'http://192.168.1.5:8000', reach: 'network' } },
    'GET /api/jobs': page,
    'PATCH /api/jobs/*': patched,
    'POST /api/library/claim': { claimed: 0 },
    'GET /api/sign-in': {
      session_id: 's1',
      sessions: [
        { session_id: 's1', device: 'Firefox, Linux', created_at: at(-9 * DAY), last_used_at: at(-60_000), expires_at: at(90 * DAY), current: true },
        { session_id: 's2', device: 'Safari, iOS', created_at: at(-3 * DAY), last_used_at: at(-7 * HOUR), expires_at: at(87 * DAY), current: false },
      ],
    },
    'GET /api/sign-in/link': { url: 'http://192.168.1.5:8000/#key=0Jm8Vx3kq-8Jr2mZ0aB7tLw5YdNfEhCgUoPiSxKcQnR', reach: 'network' },
    'GET /api/search': {
      total: 2,
      page: 1,
      per_page: 20,
      jobs: [
        {
          job: council,
          count: 9,
          hits: [
            { start_ms: 754_000, text: '…so the archive of the harbour office was moved twice before anybody had counted the boxes.', ranges: [[8, 15]] },
            { start_ms: 1_930_000, text: '…eleven thousand a year for the archive, which is less than the parking meters cost us.', ranges: [[32, 39]] },
          ],
        },
        {
          job: JOBS.interview,
          count: 2,
          hits: [{ start_ms: 4_000, text: 'Before we begin, would you tell us how the archive came into being?', ranges: [[43, 50]] }],
        },
      ],
    },
  }
}
