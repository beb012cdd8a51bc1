/** What people do to a text, as operations of the wire. An empty list: it changes nothing here. */
import type { CaptionOperation } from '@/backend/caption_operations.ts'
import type { Operation, Paragraph } from '@/backend/transcripts.ts'
import { carrying, type Leaning } from './carry.ts'
import type { TranscriptDocument } from './document.ts'
import { machineWords } from './machine.ts'
import { realign } from './realign.ts'
import { same } from './same.ts'
import { cut, paragraphOf, spanOf, together, type Word, wordsOf } from './words.ts'

/** From when to when something is said, in ms. */
export interface Room {
  start: number
  end: number
}

/** What a character takes in calm speech. */
const UNHURRIED_MS = 80

export type Op =
  /** `leaning`: to which caption words belong that are put between two; `room`: of the first words of a paragraph. */
  | { kind: 'edit'; id: string; text: string; leaning?: Leaning; room?: Room }
  /** `at`: UTF-16 units into the text, the place of the caret. */
  | { kind: 'split'; id: string; at: number }
  /** With the paragraph before it, whose speaker and id stay. */
  | { kind: 'join'; id: string }
  /** What is left of the caret goes to the paragraph before, or what is right of it to the next. */
  | { kind: 'moveWords'; id: string; at: number; to: 'up' | 'down' }
  | { kind: 'remove'; id: string }
  | { kind: 'setSpeaker'; ids: readonly string[]; speaker: string | null }
  /** null or blank: shown by its label again. */
  | { kind: 'renameSpeaker'; speaker: string; name: string | null }
  | { kind: 'mergeSpeakers'; from: string; into: string }
  /** `machine`: the paragraphs of revision 0. */
  | { kind: 'restore'; id: string; machine: readonly Paragraph[] }
  /** Several texts at once, as one step. */
  | { kind: 'editAll'; edits: readonly { id: string; text: string }[] }
  /** `id`: the paragraph where the eye should go when it is undone. `burst`: one step together with those of the same
   *  name just before; each of them has to do away with the one before. */
  | { kind: 'captions'; id: string | null; operations: readonly CaptionOperation[]; burst?: string }
  /** Somebody heard the word, and it is right. */
  | { kind: 'confirm'; id: string; word: number }
  /** An empty paragraph, to write what is said at a time, before the first that begins later. */
  | { kind: 'insert'; ms: number }

/** The server takes no longer names and paragraphs (aisubs/model/document.py). */
export const LONGEST_NAME = 100
export const LONGEST_TEXT = 20_000

export function operationsOf(document: TranscriptDocument, op: Op, newId: () => string): Operation[] {
  return carrying(document, madeOf(document, op, newId), op.kind === 'edit' ? op.leaning : undefined)
}

function madeOf(document: TranscriptDocument, op: Op, newId: () => string): Operation[] {
  switch (op.kind) {
    case 'edit':
      return edited(document, op)
    case 'editAll':
      return op.edits.flatMap((edit) => edited(document, edit))
    case 'split':
      return split(document, op.id, op.at, newId)
    case 'join':
      return joined(document, op.id)
    case 'moveWords':
      return moved(document, op)
    case 'remove':
      return indexOf(document, op.id) < 0 ? [] : [replacing([op.id])]
    case 'setSpeaker':
      return relabelled(document, op.ids, op.speaker)
    case 'renameSpeaker':
      return named(document, op.speaker, op.name)
    case 'mergeSpeakers':
      return merged(document, op.from, op.into)
    case 'restore':
      return restored(document, op.id, op.machine)
    case 'captions':
      return [...op.operations]
    case 'confirm':
      return confirmed(document, op)
    case 'insert':
      return inserted(document, op.ms, newId)
  }
}

/** Text as a paragraph may hold it, of the same length: one line, no half characters. */
export const clean = (text: string): string =>
  text
    .replace(/[\0\t\n\v\f\r\u0085\u2028\u2029]/g, ' ')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .slice(0, LONGEST_TEXT)

/** The paragraph with another text, in the time that it has. */
export function rewritten(document: TranscriptDocument, paragraph: Paragraph, text: string, room?: Room): Paragraph {
  const at = indexOf(document, paragraph.id)
  const before = document.paragraphs.slice(0, Math.max(0, at)).findLast(({ starts }) => starts.length > 0)
  const from = (before && spanOf(before)?.end) ?? 0
  const to = startBehind(document, at)
  const start = Math.min(Math.max(from, room?.start ?? 0), to)
  const end = room ? Math.max(start, Math.min(to, room.end, start + UNHURRIED_MS * text.length)) : to
  return realign(paragraph, clean(text), { start, end })
}

/** When the next paragraph begins: what stands before it may not begin later. */
const startBehind = ({ paragraphs }: TranscriptDocument, at: number): number =>
  paragraphs.slice(at + 1).find(({ starts }) => starts.length > 0)?.starts[0] ?? Infinity

/** Words that begin a paragraph, begun before the next one: two may have spoken at once. */
function begunBefore(limit: number, [first, ...rest]: readonly Word[]): Word[] {
  if (!first) return []
  const start = Math.min(first.start, limit)
  return [{ ...first, start, duration: first.start + first.duration - start }, ...rest]
}

const indexOf = ({ paragraphs }: TranscriptDocument, id: string): number => paragraphs.findIndex((paragraph) => paragraph.id === id)

export const replacing = (remove: string[], ...insert: Paragraph[]): Operation => ({ op: 'splice', remove, before: null, insert })

function edited(document: TranscriptDocument, { id, text, room }: { id: string; text: string; room?: Room }): Operation[] {
  const paragraph = document.paragraphs[indexOf(document, id)]
  if (!paragraph || clean(text) === paragraph.text) return []
  return [replacing([id], rewritten(document, paragraph, text, room))]
}

function confirmed(document: TranscriptDocument, { id, word }: { id: string; word: number }): Operation[] {
  const paragraph = document.paragraphs[indexOf(document, id)]
  if (!paragraph || (paragraph.conf[word] ?? 100) === 100) return []
  return [replacing([id], { ...paragraph, conf: paragraph.conf.with(word, 100), edited: true })]
}

function inserted({ paragraphs }: TranscriptDocument, ms: number, newId: () => string): Operation[] {
  const behind = paragraphs.find(({ starts }) => (starts[0] ?? -1) > ms)
  const empty: Paragraph = { id: newId(), speaker: null, text: '', offsets: [], starts: [], durations: [], conf: [], edited: true }
  return [{ op: 'splice', remove: [], before: behind?.id ?? null, insert: [empty] }]
}

function split(document: TranscriptDocument, id: string, at: number, newId: () => string): Operation[] {
  const index = indexOf(document, id)
  const paragraph = document.paragraphs[index]
  if (!paragraph) return []
  const [before, behind] = cut(paragraph, at)
  if (before.length === 0 || behind.length === 0) return []
  return [replacing([id], paragraphOf(id, paragraph, before), paragraphOf(newId(), paragraph, begunBefore(startBehind(document, index), behind)))]
}

function joined(document: TranscriptDocument, id: string): Operation[] {
  const at = indexOf(document, id)
  const [first, second] = [document.paragraphs[at - 1], document.paragraphs[at]]
  if (!first || !second) return []
  return [replacing([first.id, id], paragraphOf(first.id, first, together(wordsOf(first), wordsOf(second))))]
}

function moved(document: TranscriptDocument, { id, at, to }: Op & { kind: 'moveWords' }): Operation[] {
  const index = indexOf(document, id)
  const paragraph = document.paragraphs[index]
  const other = document.paragraphs[to === 'up' ? index - 1 : index + 1]
  if (!paragraph || !other) return []
  const words = wordsOf(paragraph)
  // A word in which the caret stands stays where it is.
  const ends = words.map((word, word_at) => (paragraph.offsets[word_at] ?? 0) + word.text.length)
  const bound = to === 'up' ? ends.filter((end) => end <= at).length : paragraph.offsets.filter((from) => from < at).length
  const [left, right] = [words.slice(0, bound), words.slice(bound)]
  if ((to === 'up' ? left : right).length === 0) return []
  const rest = (stay: Word[]): Paragraph[] => (stay.length > 0 ? [paragraphOf(id, paragraph, stay)] : [])
  if (to === 'up') {
    const longer = paragraphOf(other.id, other, together(wordsOf(other), left))
    return [replacing([other.id, id], longer, ...rest(begunBefore(startBehind(document, index), right)))]
  }
  const longer = paragraphOf(other.id, other, together(right, wordsOf(other)))
  return [replacing([id, other.id], ...rest(left), longer)]
}

function relabelled({ paragraphs }: TranscriptDocument, ids: readonly string[], speaker: string | null): Operation[] {
  const wanted = new Set(ids)
  const changed = paragraphs.filter((paragraph) => wanted.has(paragraph.id) && paragraph.speaker !== speaker)
  return changed.length > 0 ? [{ op: 'relabel', ids: changed.map(({ id }) => id), speaker }] : []
}

function named({ speakers }: TranscriptDocument, speaker: string, wanted: string | null): Operation[] {
  const shown = clean(wanted ?? '').replace(/\p{C}/gu, '').trim().slice(0, LONGEST_NAME)
  const name = shown && shown !== speaker ? shown : null
  return name === (speakers[speaker] ?? null) ? [] : [{ op: 'name', speaker, name }]
}

function merged(document: TranscriptDocument, from: string, into: string): Operation[] {
  const ids = document.paragraphs.filter(({ speaker }) => speaker === from).map(({ id }) => id)
  return from === into ? [] : [...relabelled(document, ids, into), ...named(document, from, null)]
}

function restored(document: TranscriptDocument, id: string, machine: readonly Paragraph[]): Operation[] {
  const at = indexOf(document, id)
  const paragraph = document.paragraphs[at]
  if (!paragraph) return []
  const original = machine.find((one) => one.id === id)
  const words = machineWords(document.paragraphs, at, machine)
  if (words.length === 0) return []
  const made = paragraphOf(id, paragraph, words)
  const untouched = original && same({ ...made, speaker: original.speaker }, original)
  const again = untouched ? { ...original, speaker: paragraph.speaker } : made
  return same(again, paragraph) && again.edited === paragraph.edited ? [] : [replacing([id], again)]
}
