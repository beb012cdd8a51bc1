/** What people do to captions, as the API has it (aisubs/model/captions/operations.py). Apart from what a text holds: only
 *  who keeps drafts has to read operations back. */
import * as v from 'valibot'
import { ALIGN, Overrides, OwnCue, POSITION } from './captions.ts'

/** A word: the id of its paragraph, and its index there. */
const WordAt = v.tuple([v.string(), v.number()])
export type WordAt = v.InferOutput<typeof WordAt>

const span = { first: WordAt, last: WordAt }
const milliseconds = v.nullable(v.number())

const Spanning = v.variant('op', [
  v.object({ op: v.literal('setTimes'), ...span, start_ms: milliseconds, end_ms: milliseconds }),
  v.object({ op: v.literal('splitCue'), ...span, at: WordAt }),
  v.object({ op: v.literal('mergeCues'), ...span }),
  v.object({ op: v.literal('breakLine'), ...span, at: v.array(WordAt) }),
  v.object({ op: v.literal('release'), ...span }),
  v.object({ op: v.literal('style'), ...span, italic: v.boolean() }),
  v.object({ op: v.literal('place'), ...span, position: v.nullable(POSITION), align: v.nullable(ALIGN) }),
])
/** About the words from one to another. */
export type Spanning = v.InferOutput<typeof Spanning>

export const CaptionOperation = v.variant('op', [
  ...Spanning.options,
  v.object({ op: v.literal('shift'), first: WordAt, ms: v.number() }),
  v.object({ op: v.literal('addCue'), cue: OwnCue }),
  v.object({ op: v.literal('changeCue'), cue: OwnCue }),
  v.object({ op: v.literal('removeCue'), id: v.string() }),
  v.object({ op: v.literal('override'), paragraphs: v.array(v.object({ id: v.string(), overrides: Overrides })) }),
])
export type CaptionOperation = v.InferOutput<typeof CaptionOperation>
