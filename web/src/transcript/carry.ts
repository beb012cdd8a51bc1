/** Which decisions about captions a word keeps when the paragraphs around it are written anew. A word is the same that it
 *  was if it begins at the same millisecond. What took the place of words takes over what was decided about them, what was
 *  put between words of one cue is in that cue, and a cue that loses its first word begins with the next. The server would
 *  do so too (aisubs/model/captions/carry.py); who sends decisions with a paragraph is believed, so both need not be alike. */
import type { Override } from '@/backend/captions.ts'
import type { Operation, Paragraph } from '@/backend/transcripts.ts'
import { changed, continues, FLOWING, opens, withOverrides } from './decisions.ts'
import type { TranscriptDocument } from './revised.ts'

/** To which cue words belong that are put between two. */
export type Leaning = 'before' | 'behind'

/** Splices say themselves what is decided in what they insert. */
export function carrying(document: TranscriptDocument, operations: readonly Operation[], leaning: Leaning = 'before'): Operation[] {
  if (!document.paragraphs.some(({ overrides }) => overrides)) return [...operations]
  return operations.map((operation) => {
    if (operation.op !== 'splice') return operation
    const removed = document.paragraphs.filter(({ id }) => operation.remove.includes(id))
    return { ...operation, insert: carry(removed, operation.insert, leaning) }
  })
}

function carry(removed: readonly Paragraph[], inserted: readonly Paragraph[], leaning: Leaning): Paragraph[] {
  if (!removed.some(({ overrides }) => overrides)) return [...inserted]
  const old = removed.flatMap(({ starts, overrides }) => {
    const decided = new Map(overrides ?? [])
    return starts.map((start, index) => ({ start, override: decided.get(index) ?? FLOWING }))
  })
  const kept = carried(old, inserted.flatMap(({ starts }) => starts), leaning)
  let done = 0
  return inserted.map((paragraph) => {
    const own = kept.slice(done, (done += paragraph.starts.length))
    // An empty list is a decision too: the server is not to find out by itself.
    return { ...withOverrides(paragraph, undefined), overrides: withOverrides(paragraph, own.map((one, index) => [index, one])).overrides ?? [] }
  })
}

interface Old {
  start: number
  override: Override
}

function carried(old: readonly Old[], starts: readonly number[], leaning: Leaning): Override[] {
  const kept = starts.map((): Override => FLOWING)
  let [was, now] = [0, 0]
  while (was < old.length || now < starts.length) {
    const [left, right] = [was, now]
    const pair = nextPair(old, starts, was, now)
    ;[was, now] = pair ?? [old.length, starts.length]
    const behind = old[was]?.override
    const moves = left === was && right < now && behind !== undefined && opens(behind) && (left === 0 || leaning === 'behind')
    const before = left > 0 && !moves ? old[left - 1]?.override : undefined
    fill(kept, [right, now], old.slice(left, was).map(({ override }) => override), { before, behind })
    if (!pair) break
    if (moves) kept[right] = changed(kept[right] ?? FLOWING, { before: behind.before, start_ms: behind.start_ms })
    const stays = moves ? changed(behind, { before: 'join', start_ms: undefined }) : (behind ?? FLOWING)
    kept[now] = mended(stays, lostOpening(old.slice(left, was), right === now))
    was += 1
    now += 1
  }
  return kept
}

/** The next word that is in both, from here on; starts rise. */
function nextPair(old: readonly Old[], starts: readonly number[], was: number, now: number): [number, number] | null {
  let [one, other] = [was, now]
  while (one < old.length && other < starts.length) {
    const by = (old[one]?.start ?? 0) - (starts[other] ?? 0)
    if (by === 0) return [one, other]
    if (by < 0) one += 1
    else other += 1
  }
  return null
}

/** What was begun by words that are gone, with none in their place. */
const lostOpening = (lost: readonly Old[], nothing: boolean): Override | undefined =>
  nothing ? lost.findLast(({ override }) => opens(override))?.override : undefined

function mended(override: Override, opening: Override | undefined): Override {
  if (!opening || opens(override)) return override
  return changed(override, { before: 'cue', ...(continues(override) ? { start_ms: opening.start_ms } : {}) })
}

/** Words [from, to) that are new, in the place of `lost`, or between two that stay. */
function fill(kept: Override[], [from, to]: [number, number], lost: readonly Override[], { before, behind }: { before: Override | undefined; behind: Override | undefined }): void {
  const count = to - from
  if (count === 0) {
    const end = lost.findLast((one) => one.end_ms !== undefined)?.end_ms
    const last = kept[from - 1]
    if (end !== undefined && last && lost.every(continues)) kept[from - 1] = changed(last, { end_ms: end })
    return
  }
  if (lost.length === 0) return between(kept, [from, to], before, behind)
  for (let at = 0; at < count; at += 1) {
    const place = Math.floor((at * lost.length) / count)
    const fresh = at === 0 || place !== Math.floor(((at - 1) * lost.length) / count)
    const closes = at === count - 1 || place !== Math.floor(((at + 1) * lost.length) / count)
    const like = lost[place] ?? FLOWING
    const inside = like.before !== undefined || like.start_ms !== undefined || like.end_ms !== undefined || continues(lost[place + 1] ?? behind ?? FLOWING)
    const begins = fresh ? like.before : inside ? 'join' : undefined
    kept[from + at] = changed(like, { before: begins, start_ms: fresh ? like.start_ms : undefined, end_ms: closes ? like.end_ms : undefined })
  }
  // Where several became fewer, what began or ended with those that are gone is kept by their neighbours.
  const opening = lost.findLast(opens)
  if (count < lost.length && opening && !kept.slice(from, to).some(opens)) kept[from] = changed(kept[from] ?? FLOWING, { before: 'cue', start_ms: opening.start_ms })
  const end = lost.at(-1)?.end_ms
  if (end !== undefined) kept[to - 1] = changed(kept[to - 1] ?? FLOWING, { end_ms: end })
}

function between(kept: Override[], [from, to]: [number, number], before: Override | undefined, behind: Override | undefined): void {
  const inside = behind !== undefined && continues(behind)
  const beside = inside || !before ? behind : before
  if (!beside) return
  const ends = !inside && before?.end_ms !== undefined
  const joins = inside || ends || (before !== undefined && continues(before))
  const italic = (before ?? beside).italic === true && (behind ?? beside).italic === true
  for (let at = from; at < to; at += 1) {
    kept[at] = changed(FLOWING, { before: joins ? 'join' : undefined, italic, position: beside.position, align: beside.align })
  }
  const last = kept[from - 1]
  if (!ends || !last) return
  kept[from - 1] = changed(last, { end_ms: undefined })
  kept[to - 1] = changed(kept[to - 1] ?? FLOWING, { end_ms: before.end_ms })
}
