/** What the API answers (aisubs/http/bodies.py, aisubs/model/job.py), as far as the page reads it. */
import * as v from 'valibot'

export const STATUSES = ['uploading', 'pending', 'processing', 'completed', 'failed', 'cancelled'] as const
export type Status = (typeof STATUSES)[number]
/** Nothing more comes of these by themselves. */
export const OVER = ['completed', 'failed', 'cancelled'] as const satisfies readonly Status[]

const STAGES = ['starting', 'fetching', 'transcribing', 'second_opinion', 'aligning', 'diarizing', 'writing'] as const

const optionalText = v.optional(v.nullable(v.string()), null)
const optionalNumber = v.optional(v.nullable(v.number()), null)

/** `found`: how many people speak; null while that is not known, or where they could not be told apart. */
const Diarization = v.object({ found: optionalNumber })

const SecondOpinion = v.object({
  model: v.string(),
  asked_ms: v.number(),
  changed_ms: v.number(),
  wall_ms: v.number(),
  done: v.boolean(),
  /** The code of the error why it could not be asked. */
  refused: optionalText,
})

/** What a transcript does not tell (aisubs/model/losses.py). */
export const Losses = v.object({
  unresolved_ms: v.number(),
  missing_ms: v.optional(v.number(), 0),
  stretches: v.optional(v.number(), 0),
  /** The first of them. */
  places: v.optional(v.array(v.tuple([v.number(), v.number()])), []),
  cut_at_ms: optionalNumber,
  no_speech: v.boolean(),
  no_speakers: v.optional(v.boolean(), false),
  /** Of a script. */
  unsaid_words: v.optional(v.number(), 0),
})
export type Losses = v.InferOutput<typeof Losses>

export const Job = v.object({
  job_id: v.string(),
  status: v.picklist(STATUSES),
  progress_stage: v.optional(v.nullable(v.picklist(STAGES)), null),
  progress: v.number(),
  progress_ms: v.number(),
  duration_ms: optionalNumber,
  waiting_for: optionalText,
  waiting_until: optionalText,
  position: optionalNumber,
  filename: v.string(),
  file_size_bytes: optionalNumber,
  options: v.optional(v.record(v.string(), v.unknown()), {}),
  language: optionalText,
  error_code: optionalText,
  error_message: optionalText,
  /** Whether trying the same again may help. */
  retryable: v.optional(v.nullable(v.boolean()), null),
  cached: v.boolean(),
  cached_at: optionalText,
  windows: v.number(),
  /** Of a recording with several audio tracks: the one that was heard, or all `in_turn`, or so each channel of one. */
  audio_track: v.optional(
    v.nullable(v.object({ number: v.number(), of: v.number(), title: v.string(), in_turn: v.optional(v.array(v.object({ channel: optionalNumber })), []) })),
    null,
  ),
  version: v.number(),
  created_at: v.string(),
  started_at: optionalText,
  completed_at: optionalText,
  expires_at: optionalText,
  eta_s: optionalNumber,
  /** For how many seconds workers have held it, over all attempts. */
  worked_s: v.optional(v.number(), 0),
  /** The unguessable name of its live channel. */
  watch_topic: optionalText,
  source: v.optional(v.string(), 'web'),
  /** What people call it; without, `filename` is its name. */
  title: optionalText,
  tags: v.optional(v.array(v.string()), []),
  /** Exempt from deletion. */
  kept: v.optional(v.boolean(), false),
  /** When a person last saved the text. */
  edited_at: optionalText,
  /** What a larger model was asked about, and what of that it knew better; null: nobody was asked. */
  second_opinion: v.optional(v.nullable(SecondOpinion), null),
  diarization: v.optional(v.nullable(Diarization), null),
  /** From then on people are to be told that their corrections are about to be deleted. */
  warn_at: optionalText,
  /** What became of a script: backend/alignment.ts reads it where it is shown. */
  alignment: v.optional(v.unknown(), null),
  losses: v.optional(v.fallback(v.nullable(Losses), null), null),
})
export type Job = v.InferOutput<typeof Job>

/** A job and the right to it. */
export interface JobRef {
  id: string
  token: string
}

const Parts = v.object({
  part_bytes: v.number(),
  part_urls: v.array(v.string()),
  complete_url: v.string(),
  abort_url: v.string(),
})
/** An upload to S3: PUT each part to its URL, then POST their ETags (aisubs/http/bodies.py Parts). */
export type Parts = v.InferOutput<typeof Parts>

export const Session = v.object({
  url: v.string(),
  expires_at: optionalText,
  parts: v.optional(v.nullable(Parts), null),
})
export type Session = v.InferOutput<typeof Session>

export const Submitted = v.object({
  job_id: v.string(),
  access_token: v.string(),
  status: v.picklist(STATUSES),
  cached: v.boolean(),
  cached_at: optionalText,
  upload: v.nullable(Session),
})
export type Submitted = v.InferOutput<typeof Submitted>

export const JobPage = v.object({ jobs: v.array(Job), gone: v.array(v.string()) })
export type JobPage = v.InferOutput<typeof JobPage>

const Segment = v.object({ text: v.string() })
export const WindowPage = v.object({
  windows: v.array(v.object({ seq: v.number(), start_ms: v.number(), segments: v.array(Segment) })),
  next_seq: v.number(),
})
export type WindowPage = v.InferOutput<typeof WindowPage>

export const Queue = v.object({
  active: v.number(),
  pending: v.number(),
  uploading: v.number(),
  capacity: v.number(),
  retry_after_s: optionalNumber,
})
export type Queue = v.InferOutput<typeof Queue>

export const Formats = v.object({
  /** `choices`: what may be chosen of a format; others are refused. */
  formats: v.array(
    v.object({ name: v.string(), suffix: v.string(), description: v.string(), choices: v.optional(v.array(v.string()), []) }),
  ),
  profiles: v.record(v.string(), v.string()),
})
export type Formats = v.InferOutput<typeof Formats>

/** The choices of a submission that the page offers; the server fills in the rest. */
export interface Options {
  language: string | null
  /** All that may be spoken; empty: any. `language` is among them. */
  languages: readonly string[]
  task: 'transcribe' | 'translate'
  hotwords: string | null
  /** Of several: its number from 1, `speech` for the one with most of it, `each` for all; null is the server's choice. */
  audio_track: string | null
  /** Tell speakers apart; null is the server's own choice. A number of them means yes. */
  diarize: boolean | null
  num_speakers: number | null
  min_speakers: number | null
  max_speakers: number | null
  /** Of two channels: a person on each, or all on both; null: as they are found to be. Without speakers it means nothing. */
  channels: 'dialogue' | 'mono' | null
  /** One of ServerConfig.models; null is the server's own choice. */
  model: string | null
  /** One of ServerConfig.second_opinions, or "none"; null is the server's own choice. */
  second_opinion: string | null
  /** What is said in it, where that is known. */
  script?: string
  /** Transcribe although there is a transcript of the same recording with the same options. */
  fresh?: true
}

/** For finding a transcript of the same recording: its SHA-256, and the tokens of the jobs to look among (at most 100). */
export interface Known {
  hash: string | null
  tokens: readonly string[]
}

export interface FileFacts {
  name: string
  size: number
  type: string
}
