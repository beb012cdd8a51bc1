/** What the server says that it has deleted of each recording, and what it could not reach. */
import * as v from 'valibot'

const counts = v.record(v.string(), v.number())
const Deletion = v.object({
  job_id: v.string(),
  deleted_at: v.string(),
  /** Null while files of it are still to be deleted, which is tried again. */
  finished_at: v.nullable(v.string()),
  /** Rows by their table. */
  rows: counts,
  /** Files by what they were: source, results, mirrors. */
  objects: counts,
  /** What stays somewhere, and until when; null is not known. */
  kept: v.array(v.object({ what: v.string(), until: v.nullable(v.string()) })),
})
export type Deletion = v.InferOutput<typeof Deletion>

export const Deletions = v.object({ deletions: v.array(Deletion) })

export interface Summed {
  recordings: number
  rows: number
  files: number
  /** Of how many recordings files are still to be deleted. */
  unfinished: number
  /** Each once, with the latest time that any recording has for it. */
  kept: Deletion['kept']
}

export function summed(all: readonly Deletion[]): Summed {
  const total = (of: (one: Deletion) => Record<string, number>): number =>
    all.reduce((sum, one) => sum + Object.values(of(one)).reduce((a, b) => a + b, 0), 0)
  const latest = new Map<string, string | null>()
  for (const { what, until } of all.flatMap(({ kept }) => kept)) {
    const before = latest.get(what)
    const isOpen = before === null || until === null // without an end for one is without an end
    latest.set(what, isOpen ? null : before === undefined || Date.parse(until) > Date.parse(before) ? until : before)
  }
  return {
    recordings: all.length,
    rows: total(({ rows }) => rows),
    files: total(({ objects }) => objects),
    unfinished: all.filter(({ finished_at: finished }) => finished === null).length,
    kept: [...latest].map(([what, until]) => ({ what, until })),
  }
}
