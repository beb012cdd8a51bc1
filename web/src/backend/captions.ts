/** What people decide about captions, as the API has it (aisubs/model/captions/operations.py). */
import * as v from 'valibot'

const time = v.optional(v.number())
export const POSITION = v.picklist(['top', 'bottom'])
export const ALIGN = v.picklist(['left', 'center', 'right'])
export type Position = v.InferOutput<typeof POSITION>
export type Align = v.InferOutput<typeof ALIGN>

const looks = { italic: v.optional(v.boolean()), position: v.optional(POSITION), align: v.optional(ALIGN) }

/** What is decided at one word; what is not there flows. */
const Override = v.object({
  /** Before the word a cue begins, or a line of the same cue, or neither. */
  before: v.optional(v.picklist(['cue', 'line', 'join'])),
  start_ms: time,
  end_ms: time,
  ...looks,
})
export type Override = v.InferOutput<typeof Override>

/** By the index of the word in its paragraph, rising. */
export const Overrides = v.array(v.tuple([v.number(), Override]))
export type Overrides = v.InferOutput<typeof Overrides>

/** A cue without words of the text. */
export const OwnCue = v.object({
  id: v.string(),
  start_ms: v.number(),
  end_ms: v.number(),
  text: v.string(),
  kind: v.picklist(['sound', 'music', 'text']),
  ...looks,
})
export type OwnCue = v.InferOutput<typeof OwnCue>

/** What is said from the first on, in ms, is shown so much later. */
export const Shifts = v.array(v.tuple([v.number(), v.number()]))
export type Shifts = v.InferOutput<typeof Shifts>
