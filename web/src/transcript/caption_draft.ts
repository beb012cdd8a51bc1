/** Operations on captions at work on a document, as aisubs/model/captions/draft.py does them. */
import type { CaptionOperation, Spanning, WordAt } from '@/backend/caption_operations.ts'
import type { OwnCue, Shifts } from '@/backend/captions.ts'
import type { Operation, Paragraph } from '@/backend/transcripts.ts'
import { breakLines, continues, Decisions, hold, split, withOverrides } from './decisions.ts'
import { type Revised, type TranscriptDocument, Unfit } from './revised.ts'

/** Throws Unfit. */
export function reviseCaptions(document: TranscriptDocument, operation: CaptionOperation): Revised {
  switch (operation.op) {
    case 'addCue':
    case 'changeCue':
      return put(document, operation.cue, operation.op === 'addCue')
    case 'removeCue': {
      const cue = ownCue(document, operation.id)
      if (!cue) throw new Unfit(`no cue ${operation.id}`)
      return { document: withOwn(document, (document.own ?? []).filter((one) => one !== cue)), inverse: [{ op: 'addCue', cue }] }
    }
    case 'override':
      return override(document, operation.paragraphs)
    case 'shift':
      return shift(document, operation.first, operation.ms)
    default:
      return span(document, operation)
  }
}

/** In the order in which they are shown; what has none has no such field: equal documents are equal JSON. */
export function withOwn(document: TranscriptDocument, own: readonly OwnCue[]): TranscriptDocument {
  const rest = { ...document }
  delete rest.own
  const sorted = own.toSorted((one, other) => one.start_ms - other.start_ms || (one.id < other.id ? -1 : 1))
  return sorted.length > 0 ? { ...rest, own: sorted } : rest
}

const ownCue = ({ own }: TranscriptDocument, id: string): OwnCue | undefined => own?.find((cue) => cue.id === id)

function put(document: TranscriptDocument, cue: OwnCue, isNew: boolean): Revised {
  const former = ownCue(document, cue.id)
  if (isNew === (former !== undefined)) throw new Unfit(`the cue ${cue.id}`)
  const others = (document.own ?? []).filter((one) => one !== former)
  const inverse: Operation[] = former ? [{ op: 'changeCue', cue: former }] : [{ op: 'removeCue', id: cue.id }]
  return { document: withOwn(document, [...others, cue]), inverse }
}

function override(document: TranscriptDocument, rows: (CaptionOperation & { op: 'override' })['paragraphs']): Revised {
  const wanted = new Map(rows.map(({ id, overrides }) => [id, overrides]))
  const former: typeof rows = []
  const paragraphs = document.paragraphs.map((paragraph) => {
    const overrides = wanted.get(paragraph.id)
    if (!overrides) return paragraph
    wanted.delete(paragraph.id)
    if (overrides.some(([index]) => index >= paragraph.offsets.length)) throw new Unfit(`no such word in ${paragraph.id}`)
    former.push({ id: paragraph.id, overrides: paragraph.overrides ?? [] })
    return withOverrides(paragraph, overrides)
  })
  if (wanted.size > 0) throw new Unfit(`unknown: ${[...wanted.keys()].join(' ')}`)
  return { document: { ...document, paragraphs }, inverse: former.length > 0 ? [{ op: 'override', paragraphs: former }] : [] }
}

function span(document: TranscriptDocument, operation: Spanning): Revised {
  const words = wordsBetween(document, operation.first, operation.last)
  const behind = wordBehind(document, operation.last)
  const decided = new Decisions((id) => known(document, id))
  switch (operation.op) {
    case 'style':
      for (const word of words) decided.change(word, { italic: operation.italic })
      break
    case 'place':
      for (const word of words) decided.change(word, { position: operation.position ?? undefined, align: operation.align ?? undefined })
      break
    case 'release':
      for (const word of words) decided.clear(word)
      letFlow(document, decided, behind)
      break
    case 'splitCue': {
      const at = words.findIndex((word) => String(word) === String(operation.at))
      if (at < 1) throw new Unfit('a cue is split before a word of it that is not its first')
      split(decided, words, at, behind)
      break
    }
    default:
      hold(decided, words, behind)
      if (operation.op === 'setTimes') {
        decided.change(operation.first, { start_ms: operation.start_ms ?? undefined })
        decided.change(operation.last, { end_ms: operation.end_ms ?? undefined })
      } else breakLines(decided, words, operation.op === 'breakLine' ? operation.at : [])
  }
  const rows = decided.anew()
  return rows.length > 0 ? override(document, rows) : { document, inverse: [] }
}

/** The break behind a released range goes with it, unless a cue that is held or pinned begins there. */
function letFlow(document: TranscriptDocument, decided: Decisions, behind: WordAt | null): void {
  if (!behind || decided.at(behind).start_ms !== undefined) return
  const second = wordBehind(document, behind)
  if (!second || !continues(decided.at(second))) decided.change(behind, { before: undefined })
}

function shift(document: TranscriptDocument, first: WordAt, ms: number): Revised {
  const from = known(document, first[0]).starts[first[1]]
  if (from === undefined) throw new Unfit(`no such word in ${first[0]}`)
  const shownFrom = from + shiftAt(document.shifts ?? [], from)
  const by = new Map(document.shifts ?? [])
  by.set(from, (by.get(from) ?? 0) + ms)
  const shifts: Shifts = [...by].filter(([, one]) => one !== 0).sort(([one], [other]) => one - other)
  const moved = (cue: OwnCue): OwnCue => (cue.start_ms >= shownFrom ? { ...cue, start_ms: cue.start_ms + ms, end_ms: cue.end_ms + ms } : cue)
  const decided = new Decisions((id) => known(document, id))
  for (const { id, starts, overrides } of document.paragraphs) {
    for (const [index, { start_ms, end_ms }] of overrides ?? []) {
      if ((starts[index] ?? 0) < from) continue
      if (start_ms !== undefined) decided.change([id, index], { start_ms: start_ms + ms })
      if (end_ms !== undefined) decided.change([id, index], { end_ms: end_ms + ms })
    }
  }
  const pinned = override(document, decided.anew())
  const rest = { ...withOwn(pinned.document, (document.own ?? []).map(moved)) }
  delete rest.shifts
  // The way back moves every cue from there on; one that was not among them then is put where it was.
  const left = (document.own ?? []).filter((cue) => moved(cue) === cue && cue.start_ms >= shownFrom + ms)
  const inverse: Operation[] = [{ op: 'shift', first, ms: -ms }, ...left.map((cue): Operation => ({ op: 'changeCue', cue }))]
  return { document: shifts.length > 0 ? { ...rest, shifts } : rest, inverse }
}

/** How much later than it is said a word is shown. */
export const shiftAt = (shifts: Shifts, ms: number): number => shifts.reduce((sum, [from, by]) => (from <= ms ? sum + by : sum), 0)

function known({ paragraphs }: TranscriptDocument, id: string): Paragraph {
  const found = paragraphs.find((paragraph) => paragraph.id === id)
  if (!found) throw new Unfit(`unknown: ${id}`)
  return found
}

/** All words from one to another. Throws Unfit. */
export function wordsBetween({ paragraphs }: TranscriptDocument, first: WordAt, last: WordAt): WordAt[] {
  const [from, to] = [first, last].map(([id]) => paragraphs.findIndex((paragraph) => paragraph.id === id)) as [number, number]
  const words = from < 0 || to < 0 ? [] : paragraphs.slice(from, to + 1).flatMap(({ id, offsets }, at): WordAt[] => {
    const begin = at === 0 ? first[1] : 0
    const end = from + at === to ? last[1] + 1 : offsets.length
    return Array.from({ length: Math.max(0, Math.min(end, offsets.length) - begin) }, (_, word) => [id, begin + word])
  })
  if (words.length === 0 || String(words.at(-1)) !== String(last)) throw new Unfit('no such words')
  return words
}

/** The word after it, wherever that stands. */
export function wordBehind({ paragraphs }: TranscriptDocument, [id, index]: WordAt): WordAt | null {
  const at = paragraphs.findIndex((paragraph) => paragraph.id === id)
  if (index + 1 < (paragraphs[at]?.offsets.length ?? 0)) return [id, index + 1]
  const next = paragraphs.slice(at + 1).find(({ offsets }) => offsets.length > 0)
  return next ? [next.id, 0] : null
}
