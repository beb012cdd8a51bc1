/** What people do to a caption: the operation for the server, and what it makes of the rows until that has answered. */
import type { Align, Override, OwnCue, Position } from '@/backend/captions.ts'
import type { Cues } from '@/backend/transcripts.ts'
import { randomHex } from '@/ids.ts'
import { flatText, flattened, linesOf, placeBehind, rewrittenParts, wordFrom } from '@/transcript/cue_text.ts'
import { type CueRow, lastCueAt, replaceCues, withWords } from '@/transcript/cues.ts'
import type { Board } from './board.ts'

const LEAST_MS = 500
const USUAL_MS = 2000

const replaced = (cue: number, count: number, ...rows: CueRow[]) => (cues: Cues): Cues => replaceCues(cues, cue, count, rows)

/** The words of the cue are these, in the lines of a field. */
export function type(board: Board, cue: number, value: string): boolean {
  const [row, parts] = [board.row(cue), board.parts(cue)]
  const wanted = flattened(value).trim()
  if (!row?.span || parts.length === 0 || wanted === '') return false
  const prefixes = linesOf(parts, row.text).map(({ prefix }) => prefix)
  const flat = flatText(parts)
  const edits = rewrittenParts(parts, wanted)
  const [edit] = edits
  if (!edit) return false
  const leaning = edit.id === row.span.first[0] && flat.charAt(0) !== wanted.charAt(0) ? 'behind' : 'before'
  const changed = edits.length === 1 ? board.session.apply({ kind: 'edit', ...edit, leaning }) : board.session.apply({ kind: 'editAll', edits })
  if (!changed) return false
  const text = value.split('\n').map((line, at) => (prefixes[at] ?? '') + line.trim()).join('\n')
  let cues: Cues = { ...board.cues, texts: board.cues.texts.with(cue, text) }
  for (const { paragraph } of parts) {
    const now = board.session.getSnapshot().paragraphs.find(({ id }) => id === paragraph.id)
    cues = withWords(cues, cue, paragraph.id, (now?.offsets.length ?? 0) - paragraph.offsets.length)
  }
  board.put(cues)
  return true
}

/** The lines of the cue begin where they do in the field. */
export function breakLines(board: Board, cue: number, value: string): boolean {
  const [row, parts] = [board.row(cue), board.parts(cue)]
  if (!row?.span) return false
  const flat = flatText(parts)
  let done = 0
  const begins = value.split('\n').map((line) => {
    const begin = done
    done += line.replace(/\s+/gu, '').length
    return begin
  })
  const at = begins.slice(1).flatMap((characters) => {
    const word = wordFrom(parts, placeBehind(flat, characters))
    return word && String(word) !== String(row.span?.first) ? [word] : []
  })
  const text = value.split('\n').map((line) => line.trim()).filter(Boolean).join('\n')
  return board.does(cue, { op: 'breakLine', ...row.span, at }, replaced(cue, 1, { ...row, text }))
}

/** Two cues, the second from the first word on that begins behind so many characters. */
export function split(board: Board, cue: number, characters: number): boolean {
  const [row, parts] = [board.row(cue), board.parts(cue)]
  if (!row?.span) return false
  const flat = flatText(parts)
  const place = placeBehind(flat, characters)
  const at = wordFrom(parts, place)
  if (!at || String(at) === String(row.span.first)) return false
  const { paragraphs } = board.session.getSnapshot()
  const index = paragraphs.findIndex(({ id }) => id === at[0])
  const before = at[1] > 0 ? at[1] - 1 : (paragraphs[index - 1]?.offsets.length ?? 1) - 1
  const middle = Math.max(row.start + 1, Math.min(row.end - 1, row.start + Math.round(((row.end - row.start) * place) / Math.max(1, flat.length))))
  const last = at[1] > 0 ? at[0] : (paragraphs[index - 1]?.id ?? at[0])
  const none = { start: false, end: false }
  return board.does(
    cue,
    { op: 'splitCue', ...row.span, at },
    replaced(
      cue,
      1,
      { ...row, end: middle, text: flat.slice(0, place).trim(), span: { first: row.span.first, last: [last, before] }, pins: { ...none, start: row.pins.start } },
      { ...row, start: middle, text: flat.slice(place).trim(), span: { first: at, last: row.span.last }, pins: { ...none, end: row.pins.end } },
    ),
  )
}

/** With the one above; only what is made of words. */
export function merge(board: Board, cue: number): boolean {
  const [above, row] = [board.row(cue - 1), board.row(cue)]
  if (!above?.span || !row?.span) return false
  const span = { first: above.span.first, last: row.span.last }
  const text = `${flatText(board.parts(cue - 1))} ${flatText(board.parts(cue))}`
  const pins = { start: above.pins.start, end: row.pins.end }
  return board.does(cue, { op: 'mergeCues', ...span }, replaced(cue - 1, 2, { ...above, end: row.end, text, span, pins }))
}

/** Undefined: as it is. */
export function setTimes(board: Board, cue: number, { start, end }: { start?: number; end?: number }): boolean {
  const row = board.row(cue)
  if (!row) return false
  const shown = { ...row, start: start ?? row.start, end: end ?? row.end }
  const own = ownCue(board, row)
  if (own) return board.does(cue, { op: 'changeCue', cue: { ...own, start_ms: start ?? own.start_ms, end_ms: end ?? own.end_ms } }, replaced(cue, 1, shown))
  if (!row.span) return false
  const times = { start_ms: start ?? board.decided(row.span.first).start_ms ?? null, end_ms: end ?? board.decided(row.span.last).end_ms ?? null }
  const pins = { start: times.start_ms !== null, end: times.end_ms !== null }
  return board.does(cue, { op: 'setTimes', ...row.span, ...times }, replaced(cue, 1, { ...shown, pins }))
}

export function release(board: Board, cue: number): boolean {
  const row = board.row(cue)
  if (!row?.span) return false
  return board.does(cue, { op: 'release', ...row.span }, replaced(cue, 1, { ...row, pins: { start: false, end: false } }))
}

/** What is decided in one of its words: held, pinned, slanted or put elsewhere. */
export const isDecided = (board: Board, cue: number): boolean => decisions(board, cue).length > 0

/** Where its lines break is decided. */
export const isBroken = (board: Board, cue: number): boolean => decisions(board, cue).some(({ before }) => before === 'line')

const decisions = (board: Board, cue: number): Override[] =>
  board.parts(cue).flatMap(({ paragraph: { overrides = [], offsets }, from, to }) =>
    overrides.flatMap(([index, override]) => ((offsets[index] ?? -1) >= from && (offsets[index] ?? 0) < to ? [override] : [])),
  )

export function isItalic(board: Board, cue: number): boolean {
  const row = board.row(cue)
  return (row && ownCue(board, row)?.italic) ?? (row?.span ? board.decided(row.span.first).italic === true : false)
}

/** The words from one number of characters to another, or all of them. */
export function italicise(board: Board, cue: number, selected: [number, number]): boolean {
  const row = board.row(cue)
  if (!row) return false
  const own = ownCue(board, row)
  if (own) return board.does(cue, { op: 'changeCue', cue: { ...own, italic: own.italic !== true } }, (cues) => ({ ...cues }))
  if (!row.span) return false
  const parts = board.parts(cue)
  const flat = flatText(parts)
  const whole = selected[0] === selected[1]
  const first = whole ? row.span.first : (wordFrom(parts, placeBehind(flat, selected[0])) ?? row.span.first)
  const behind = whole ? null : wordFrom(parts, placeBehind(flat, selected[1]))
  const last = behind && behind[0] === first[0] && behind[1] > first[1] ? ([behind[0], behind[1] - 1] as const) : row.span.last
  const italic = board.decided(first).italic !== true
  return board.does(cue, { op: 'style', first, last: [...last], italic }, (cues) => ({ ...cues }))
}

export function place(board: Board, cue: number, position: Position | null, align: Align | null): boolean {
  const row = board.row(cue)
  if (!row) return false
  const shown = replaced(cue, 1, { ...row, place: { position, align } })
  const own = ownCue(board, row)
  if (own) {
    const elsewhere = { ...own, ...(position && { position }), ...(align && { align }) }
    if (!position) delete elsewhere.position
    if (!align) delete elsewhere.align
    return board.does(cue, { op: 'changeCue', cue: elsewhere }, shown)
  }
  return row.span ? board.does(cue, { op: 'place', ...row.span, position, align }, shown) : false
}

/** Every cue from this one on appears so much later. */
export function shift(board: Board, cue: number, ms: number): boolean {
  const { cues } = board
  const from = cues.words.findIndex((word, at) => at >= cue && word !== null)
  const first = board.row(from)?.span?.first
  if (!first || ms === 0) return false
  const later = (column: readonly number[]): number[] => column.map((one, at) => (at >= from ? one + ms : one))
  return board.does(cue, { op: 'shift', first, ms }, (shown) => ({ ...shown, starts: later(shown.starts), ends: later(shown.ends) }))
}

/** A caption that is made of no words of the text. Which one it is then, or null. */
export function addOwn(board: Board, kind: OwnCue['kind'], text: string, atMs: number, durationMs: number): number | null {
  const latest = Math.max(0, Math.round(durationMs) - LEAST_MS)
  const start = Math.max(0, Math.min(Math.round(atMs), latest))
  const at = lastCueAt(board.cues, start) + 1
  const free = (board.cues.starts[at] ?? Infinity) - start
  const end = Math.min(start + Math.max(LEAST_MS, Math.min(USUAL_MS, free)), Math.max(start + 1, Math.round(durationMs)))
  const cue: OwnCue = { id: `c${randomHex(64)}`, start_ms: start, end_ms: end, text, kind }
  const row: CueRow = { start, end, text, span: null, own: { cue: at, id: cue.id, kind }, pins: { start: false, end: false }, place: { position: null, align: null } }
  return board.does(at, { op: 'addCue', cue }, replaced(at, 0, row)) ? at : null
}

/** Another text of an own cue. What cannot be seen is none: it goes only when one leaves it. */
export function writeOwn(board: Board, cue: number, value: string): boolean {
  const row = board.row(cue)
  const own = row && ownCue(board, row)
  const text = value.split('\n').map((line) => line.trim()).filter(Boolean).join('\n')
  if (!own || !isVisible(text) || text === own.text) return false
  return board.writes(own.id, { op: 'changeCue', cue: { ...own, text } }, replaced(cue, 1, { ...row, text }))
}

export const isVisible = (text: string): boolean => /[\p{L}\p{N}\p{P}\p{S}]/u.test(text)

export function remove(board: Board, cue: number): boolean {
  const id = board.row(cue)?.own?.id
  return id === undefined ? false : board.does(cue, { op: 'removeCue', id }, replaced(cue, 1))
}

export const ownCue = (board: Board, { own }: CueRow): OwnCue | undefined =>
  own ? board.session.getSnapshot().own?.find(({ id }) => id === own.id) : undefined
