import * as v from 'valibot'

/** What became of a script (aisubs/model/alignment.py). */
export const Alignment = v.object({
  words: v.number(),
  said: v.number(),
  moved: v.number(),
  unsaid_words: v.number(),
  /** `after_ms` is null where nothing stands before them. */
  unsaid: v.array(v.object({ text: v.string(), after_ms: v.nullable(v.number()) })),
  unscripted_ms: v.number(),
  unscripted: v.array(v.object({ start_ms: v.number(), text: v.string() })),
  placed: v.number(),
})
export type Alignment = v.InferOutput<typeof Alignment>
