/** Jobs in every state, and an interview of half a minute, for the pictures. */
import type { Request } from 'playwright-core'
import { Bare, NOW, type Script } from './stage.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const at = (ms: number): string => new Date(NOW.getTime() + ms).toISOString()

export type Job = Record<string, unknown> & { job_id: string; status: string; filename: string }

let made = 0

function job(status: string, filename: string, more: Record<string, unknown> = {}): Job {
  made += 1
  return {
    job_id: `0190c0de-0000-4000-8000-${String(made).padStart(12, '0')}`,
    status,
    filename,
    progress_stage: null,
    progress: 0,
    progress_ms: 0,
    duration_ms: 3_612_000,
    waiting_for: null,
    position: null,
    file_size_bytes: 742_000_000,
    options: {},
    language: 'en',
    error_code: null,
    error_message: null,
    cached: false,
    cached_at: null,
    windows: 0,
    version: 7,
    created_at: at(-20 * MINUTE),
    started_at: at(-12 * MINUTE),
    completed_at: null,
    expires_at: at(7 * DAY),
    eta_s: null, worked_s: 240,
    watch_topic: null,
    source: 'web',
    title: null,
    tags: [],
    kept: false,
    edited_at: null,
    revision: 0,
    warn_at: null,
    ...more,
  }
}

export const done = (filename: string, agoMs: number, more: Record<string, unknown> = {}): Job =>
  job('completed', filename, {
    progress: 100,
    progress_ms: 3_612_000,
    windows: 130,
    created_at: at(-agoMs - 9 * MINUTE),
    started_at: at(-agoMs - 8 * MINUTE),
    completed_at: at(-agoMs),
    ...more,
  })

const LENGTH_MS = 32_000

export const JOBS = {
  listening: job('processing', 'Annual general meeting.mp4', {
    progress_stage: 'transcribing', progress: 41, progress_ms: 1_490_000, eta_s: 240, windows: 53,
  }),
  starting: job('processing', 'podcast-episode-112.m4a', { progress_stage: 'starting' }),
  speakers: job('processing', 'Panel discussion.mkv', { progress_stage: 'diarizing', progress: 97, progress_ms: 3_612_000 }),
  inLine: job('pending', 'lecture-07-thermodynamics.mp4', { position: 3, eta_s: 540, started_at: null, duration_ms: null }),
  gpu: job('pending', 'Deposition of the second witness, afternoon session, camera B.mov', {
    waiting_for: 'gpu', started_at: null, duration_ms: null,
  }),
  uploading: job('uploading', 'holiday.mov', { started_at: null, duration_ms: null }),
  interview: done('interview.mp4', 2 * HOUR, {
    duration_ms: LENGTH_MS, progress_ms: LENGTH_MS, diarization: { found: 2, refused: null },
  }),
  cached: done('interview-copy.mp4', 3 * HOUR, { cached: true, cached_at: at(-38 * DAY) }),
  german: done('Vorlesung Quantenmechanik.mp3', 26 * HOUR, { language: 'de', duration_ms: 5_400_000 }),
  silent: job('failed', 'screen-recording.mov', {
    error_code: 'no_audio', error_message: 'No audio.', completed_at: at(-5 * HOUR), duration_ms: null,
  }),
  cancelled: job('cancelled', 'wrong-file.mp4', { completed_at: at(-6 * HOUR), duration_ms: null }),
} satisfies Record<string, Job>

export const stored = (jobs: Job[]): object[] =>
  jobs.map((last, index) => ({ id: last.job_id, token: `token-of-${last.job_id}`, addedAt: NOW.getTime() - index * 1000, last }))

const SPOKEN: [string, string, number?][] = [
  ['S1', 'Thank you for making the time. Before we begin, would you tell us how the archive came into being?'],
  ['S2', 'It began with a single box of reels that nobody wanted. My predecessor kept it under her desk for eleven years.', 14],
  ['S1', 'And nobody had listened to them?'],
  ['S2', 'Nobody could. The last machine that played them had been scrapped in 1987, and its manual was in Norwegian.', 9],
  ['S2', 'So the first thing we built was not an archive at all, it was a tape recorder.'],
  ['S1', 'What was on the first reel?'],
  ['S2', 'Forty minutes of rain. And then, quite suddenly, a woman counting sheep.'],
]

/** Words of one length in an even rhythm; `doubtful` is the place of a word that was heard badly. */
function paragraphs(): object[] {
  const letters = SPOKEN.reduce((sum, [, text]) => sum + text.length, 0)
  let now = 200
  return SPOKEN.map(([speaker, text, doubtful], index) => {
    const words = [...text.matchAll(/\S+/g)]
    const lengths = words.map(([word]) => Math.floor((word.length / letters) * (LENGTH_MS - 2_000)))
    const starts = lengths.map((length) => {
      now += length
      return now - length
    })
    now += 150
    return {
      id: String(index),
      speaker,
      text,
      offsets: words.map((word) => word.index),
      starts,
      durations: lengths.map((length) => Math.max(40, length - 10)),
      conf: words.map((_, place) => (place === doubtful ? 31 : 96)),
    }
  })
}

export const TRANSCRIPT = {
  schema: 'aisubs-columns/1',
  job_id: JOBS.interview.job_id,
  revision: 0,
  newest: 0,
  version: 7,
  status: 'completed',
  language: 'en',
  duration_ms: LENGTH_MS,
  final_until_ms: LENGTH_MS,
  title: 'interview.mp4',
  coverage: { unresolved: [], overlaps: [[9_800, 10_700]] },
  speakers: { S1: 'Anna', S2: 'Professor Lindqvist' },
  paragraphs: paragraphs(),
}

interface Words {
  id: string
  text: string
  offsets: number[]
  starts: number[]
  durations: number[]
}

/** Two lines of up to 42 characters at a time; the first of them is too quick to be read. */
function cues(): object {
  const made = { starts: [] as number[], ends: [] as number[], texts: [] as string[], paragraphs: [] as string[] }
  for (const { id, text, offsets, starts, durations } of TRANSCRIPT.paragraphs as Words[]) {
    let from = 0
    while (from < offsets.length) {
      const begin = offsets[from] ?? 0
      let to = from
      while (to + 1 < offsets.length && (offsets[to + 2] ?? text.length) - begin <= 76) to += 1
      const words = text.slice(begin, offsets[to + 1] ?? text.length).trim()
      const middle = words.length > 42 ? words.lastIndexOf(' ', 42) : -1
      made.starts.push(starts[from] ?? 0)
      made.ends.push((starts[to] ?? 0) + (durations[to] ?? 0))
      made.texts.push(middle > 0 ? `${words.slice(0, middle)}\n${words.slice(middle + 1)}` : words)
      made.paragraphs.push(id)
      from = to + 1
    }
  }
  return {
    profile: 'netflix',
    revision: 0,
    limits: { max_cps: 20, max_columns: 42, max_lines: 2, min_ms: 833, max_ms: 7000, gap_ms: 83 },
    ...made,
    violations: [{ cue: 1, rule: 'cps', value: 24.2, limit: 20 }],
  }
}

export const CONFIG = {
  edition: 'local',
  version: '0.3.0',
  limits: { max_upload_bytes: 10e9, max_duration_ms: 10 * HOUR, queue_capacity: 50, concurrency: 1 },
  retention_hours: 168,
  cancel_running: true,
  model: 'large-v3-turbo',
  models: ['large-v3-turbo', 'large-v3', 'small'],
  languages: ['en', 'de', 'fr', 'es'],
  translate: true,
  diarize: true,
  profiles: { netflix: 'sentence', bbc: 'sentence', plain: 'window' },
  live: { kind: 'none' },
  push: null,
  media: true,
  price_per_hour: 1.05, currency: 'USD',
}

const share = (days: number, opened: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  share_id: `share-${days}-${opened}`, created_at: at(-days * DAY - HOUR), expires_at: at((7 - days) * DAY), include_media: false,
  opened, revoked_at: null, ...more,
})

/** The whole API, at peace. */
export function script(jobs: Job[] = Object.values(JOBS)): Script {
  const known = [...jobs, ...Object.values(JOBS)]
  const find = (asked: Request): unknown => known.find((one) => asked.url().endsWith(one.job_id)) ?? new Bare(404)
  const submit = (asked: Request): unknown => {
    const { filename } = asked.postDataJSON() as { filename: string }
    const made = { ...JOBS.uploading, filename, job_id: JOBS.uploading.job_id.replace(/^0190/, String(1000 + known.length)) }
    known.push(made)
    return {
      job_id: made.job_id, access_token: 'token', status: 'uploading', cached: false,
      upload: { url: '/upload/session', expires_at: at(HOUR) },
    }
  }
  return {
    'GET /api/config': CONFIG,
    'POST /api/estimate': {
      files: [{ processing_s: 370, cost: 0.07 }, { processing_s: 95, cost: 0.02 }], wait_s: 0, currency: 'USD',
    },
    'POST /api/jobs/submit': submit,
    'PUT /upload/session': storedThenSilent,
    'POST /api/jobs/list': (asked: Request) => {
      const { jobs: wanted } = asked.postDataJSON() as { jobs: { job_id: string }[] }
      return { jobs: known.filter((one) => wanted.some((ref) => ref.job_id === one.job_id)), gone: [] }
    },
    'GET /api/queue': { active: 1, pending: 2, uploading: 1, capacity: 50, retry_after_s: null },
    'GET /api/formats': {
      formats: ['srt', 'vtt', 'txt', 'docx', 'json', 'tsv', 'lrc', 'ass', 'csv'].map((name) => ({
        name, suffix: `.${name}`, description: name,
      })),
      profiles: { netflix: '42 characters, two lines', bbc: '37 characters, two lines', plain: 'as spoken' },
    },
    'GET /api/jobs/*': find,
    'GET /api/jobs/*/windows': {
      windows: [{ seq: 52, start_ms: 1_462_000, segments: [{ text: 'and the second motion is carried, with two abstentions.' }] }],
      next_seq: 53,
    },
    'GET /api/jobs/*/transcript': TRANSCRIPT,
    'GET /api/jobs/*/download/columnar': TRANSCRIPT,
    'GET /api/jobs/*/cues': cues(),
    'GET /api/jobs/*/revisions': {
      newest: 2,
      revisions: [
        { revision: 2, saved_at: at(-10 * MINUTE), changes: 3, restored_from: null },
        { revision: 1, saved_at: at(-40 * MINUTE), changes: 11, restored_from: null },
      ],
    },
    'POST /api/jobs/*/media': { url: '/recording/interview.mp4', expires_at: at(HOUR), content_type: 'video/mp4', size_bytes: 460_000 },
    'GET /api/jobs/*/share': { shares: [share(2, 4, { include_media: true }), share(0, 0), share(5, 1, { revoked_at: at(-4 * DAY) })] },
    'POST /api/jobs/*/share': { ...share(0, 0), token: 'Vx3kq-8Jr2mZ0aB7tLw5YdNfEhCgUoPiSxKcQnRvM1A' },
    'GET /api/shared': { job: JOBS.interview, share: { expires_at: at(7 * DAY), include_media: true } },
  }
}

/** A store that has 38 % of the file and takes the rest without ever saying so. */
function storedThenSilent(asked: Request): unknown {
  const [, total] = /\/(\d+)$/.exec(asked.headers()['content-range'] ?? '') ?? []
  if (!asked.headers()['content-range']?.startsWith('bytes */')) return 'never'
  return new Bare(308, { Range: `bytes=0-${Math.floor(Number(total) * 0.38)}` })
}
