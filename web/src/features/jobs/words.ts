/** What a card says of a job. */
import type { Job } from '@/backend/types.ts'
import type { Messages } from '@/i18n/en.ts'
import { ago, clock, date, languageName, money, span } from '@/i18n/format.ts'
import type { Entry } from '@/jobs/store.ts'

type Words = Messages['jobs']

/** The states that people tell apart; two of them the server has as parts of others. */
export type Shown = Job['status'] | 'gpu' | 'starting'

export function shownState({ job }: Entry): Shown {
  if (!job) return 'pending'
  if (job.waiting_for === 'gpu') return 'gpu' // in line, or accepted by Cloud Run and without a machine
  if (job.status === 'processing' && (job.progress_stage ?? 'starting') === 'starting') return 'starting'
  return job.status
}

/** What happens now, and since when where nothing else shows that it goes on. */
export function nowLine(entry: Entry, text: Words, locale: string, now: number): string | null {
  const { job, pending } = entry
  if (pending) return text[pending]
  if (!job) return text.unknown
  const state = shownState(entry)
  const since = clock(now - entry.since)
  if (state === 'gpu') return `${text.noMachine} · ${since}`
  if (state === 'starting') return `${text.starting} · ${since}`
  if (state === 'uploading') return text.uploading
  if (state === 'pending') return waitingLine(entry, job, text, locale, now)
  if (state !== 'processing') return null
  const stage = job.progress_stage ?? 'transcribing'
  return stage === 'transcribing' ? text.transcribing(job.progress) : text[stage]
}

function waitingLine(entry: Entry, job: Job, text: Words, locale: string, now: number): string {
  if (job.waiting_for === 'paused') return text.paused
  if (job.waiting_for === 'budget' && job.waiting_until) return text.spent(ago(locale, job.waiting_until, now))
  const place = job.position === null ? text.waiting : text.inLine(job.position)
  const line = job.progress > 0 ? text.interrupted(job.progress) : place
  const left = secondsLeft(entry, now)
  return left === null ? line : `${line} · ${text.about(span(locale, left))}`
}

/** Counted down here from what the server last said. Null where it knows nothing, or was wrong. */
export function secondsLeft({ job, etaAt }: Entry, now: number): number | null {
  if (job?.eta_s == null) return null
  const left = job.eta_s - (now - etaAt) / 1000
  return left > 0 ? left : null
}

/** What an hour of a worker costs, as /api/config tells it. */
export interface Price {
  price_per_hour: number | null
  currency: string | null
}

/** Of a job that is over. `now` by the server's clock, whose times these are. */
export function facts(job: Job, text: Words, locale: string, now: number, price: Price | null = null): string[] {
  const said: string[] = []
  if (job.completed_at) said.push(ago(locale, job.completed_at, Math.max(now, Date.parse(job.completed_at))))
  if (job.duration_ms) said.push(clock(job.duration_ms))
  if (job.language) said.push(languageName(locale, job.language))
  const { audio_track: track } = job
  if (track) said.push(trackLine(track, text))
  const { started_at: started, completed_at: completed, cached } = job
  if (job.status === 'completed' && !cached && started && completed) {
    said.push(text.took(span(locale, (Date.parse(completed) - Date.parse(started)) / 1000)))
  }
  if (job.diarization?.found) said.push(text.speakers(job.diarization.found))
  if (price?.price_per_hour && price.currency && job.worked_s > 0) {
    said.push(text.cost(money(locale, (job.worked_s / 3600) * price.price_per_hour, price.currency)))
  }
  if (job.second_opinion?.done) said.push(secondLine(job.second_opinion, text))
  return said
}

/** Which audio track was heard, or that each was, or each channel of one. */
function trackLine({ number, of, title, in_turn: inTurn }: NonNullable<Job['audio_track']>, text: Words): string {
  if (inTurn.some(({ channel }) => channel !== null)) return text.eachChannel
  return inTurn.length > 1 ? text.eachTrack(inTurn.length) : text.ofTracks(number, of, title)
}

/** Who was asked about what was in doubt, and what that cost. */
function secondLine(second: NonNullable<Job['second_opinion']>, text: Words): string {
  if (second.refused) return text.secondRefused(second.model)
  if (second.asked_ms === 0) return text.secondNothing(second.model)
  return text.second(second.model, clock(second.asked_ms), clock(second.wall_ms), clock(second.changed_ms))
}

/** When retention deletes the job, and whether that is soon. */
export function expiry(job: Job, text: Words, locale: string, now: number): { line: string; soon: boolean } | null {
  if (!job.expires_at) return null
  const left = Date.parse(job.expires_at) - now
  if (left <= 0) return { line: text.deletedNow, soon: true }
  return { line: text.deletedIn(ago(locale, job.expires_at, now), date(locale, job.expires_at)), soon: left < SOON_MS }
}

const SOON_MS = 24 * 3_600_000
