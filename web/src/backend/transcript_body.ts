/** The text of a job in columns, as the API sends it. */
import * as v from 'valibot'
import { Overrides, OwnCue, Shifts } from './captions.ts'

export const Paragraph = v.object({
  id: v.pipe(v.union([v.string(), v.number()]), v.transform(String)),
  speaker: v.nullable(v.string()),
  text: v.string(),
  /** UTF-16 code units from the start of `text`, one per word. */
  offsets: v.array(v.number()),
  /** ms from the start of the recording. */
  starts: v.array(v.number()),
  durations: v.array(v.number()),
  /** Whole percent, or null where nobody gave one. */
  conf: v.array(v.nullable(v.number())),
  edited: v.optional(v.boolean()),
  /** What it is written in, where that is not the language of the text. */
  language: v.optional(v.string()),
  /** What is decided about the captions of its words. */
  overrides: v.optional(Overrides),
})
export type Paragraph = v.InferOutput<typeof Paragraph>

export const TranscriptBody = v.object({
  schema: v.literal('aisubs-columns/1'),
  /** 0 is the machine's text. */
  revision: v.number(),
  newest: v.number(),
  version: v.number(),
  /** That of the job: only what is completed can be edited. */
  status: v.string(),
  title: v.string(),
  /** A model that is made for tests wrote it: it is no transcript. */
  toy: v.optional(v.boolean(), false),
  language: v.nullable(v.string()),
  duration_ms: v.number(),
  /** Up to here the text will not change any more, unless people change it. */
  final_until_ms: v.number(),
  /** Spans, in ms, that a person should listen to. Null while nothing is known of them. */
  coverage: v.optional(
    v.nullable(
      v.object({
        unresolved: v.array(v.tuple([v.number(), v.number()])),
        /** Where two or more speak at once. */
        overlaps: v.optional(v.array(v.tuple([v.number(), v.number()])), []),
      }),
    ),
    null,
  ),
  /** Names that people gave to speakers' labels. */
  speakers: v.record(v.string(), v.string()),
  /** Captions without words of the text, in order. */
  own: v.optional(v.array(OwnCue), []),
  shifts: v.optional(Shifts, []),
  paragraphs: v.array(Paragraph),
})
export type TranscriptBody = v.InferOutput<typeof TranscriptBody>
