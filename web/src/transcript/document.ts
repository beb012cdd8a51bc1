/** The text as people edit it, and the operations that it is changed by (aisubs/model/operations.py holds the same rules).
 *  Paragraphs that an operation does not touch stay the same objects. */
import type { Operation, Paragraph } from '@/backend/transcripts.ts'
import { reviseCaptions } from './caption_draft.ts'
import { captionsDiffer, ownDifference, shiftDifference } from './caption_difference.ts'
import { type Revised, type TranscriptDocument, Unfit } from './revised.ts'
import { sameText } from './same.ts'

export { type Revised, type TranscriptDocument, Unfit }

/** Throws Unfit. */
export function revise(document: TranscriptDocument, operations: readonly Operation[]): Revised {
  let now = document
  const inverse: Operation[][] = []
  for (const operation of operations) {
    const step = apply(now, operation)
    now = step.document
    inverse.unshift(step.inverse)
  }
  return { document: now, inverse: inverse.flat() }
}

function apply(document: TranscriptDocument, operation: Operation): Revised {
  switch (operation.op) {
    case 'splice':
      return splice(document, operation)
    case 'relabel':
      return relabel(document, operation)
    case 'name':
      return name(document, operation)
    default:
      return reviseCaptions(document, operation)
  }
}

function splice(document: TranscriptDocument, { remove, before, insert }: Operation & { op: 'splice' }): Revised {
  const { paragraphs } = document
  const at = remove.length > 0 ? indexOf(document, remove[0]) : before === null ? paragraphs.length : indexOf(document, before)
  const removed = paragraphs.slice(at, at + remove.length)
  const decided = insert.some(({ overrides }) => overrides)
  if (remove.some((id, offset) => removed[offset]?.id !== id)) throw new Unfit(`not a run: ${remove.join(' ')}`)
  const fresh = new Set(insert.map(({ id }) => id))
  for (const id of remove) fresh.delete(id)
  if (fresh.size > 0 && paragraphs.some(({ id }) => fresh.has(id))) throw new Unfit('an id is taken')
  const behind = paragraphs[at + remove.length]?.id ?? null
  return {
    document: { ...document, paragraphs: paragraphs.toSpliced(at, remove.length, ...insert) },
    inverse: [{ op: 'splice', remove: insert.map(({ id }) => id), before: insert.length > 0 ? null : behind, insert: decided ? removed.map(saying) : removed }],
  }
}

/** What is put back says itself that nothing is decided in it: the server would take over what was decided since. */
const saying = (paragraph: Paragraph): Paragraph => (paragraph.overrides ? paragraph : { ...paragraph, overrides: [] })

function relabel(document: TranscriptDocument, { ids, speaker }: Operation & { op: 'relabel' }): Revised {
  const wanted = new Set(ids)
  const former = new Map<string | null, string[]>()
  const paragraphs = document.paragraphs.map((paragraph) => {
    if (!wanted.delete(paragraph.id) || paragraph.speaker === speaker) return paragraph
    former.set(paragraph.speaker, [...(former.get(paragraph.speaker) ?? []), paragraph.id])
    return { ...paragraph, speaker }
  })
  if (wanted.size > 0) throw new Unfit(`unknown: ${[...wanted].join(' ')}`)
  return {
    document: { ...document, paragraphs },
    inverse: [...former].map(([label, those]) => ({ op: 'relabel', ids: those, speaker: label })),
  }
}

function name(document: TranscriptDocument, operation: Operation & { op: 'name' }): Revised {
  const { [operation.speaker]: former = null, ...others } = document.speakers
  const speakers = operation.name === null ? others : { ...others, [operation.speaker]: operation.name }
  return { document: { ...document, speakers }, inverse: [{ ...operation, name: former }] }
}

function indexOf({ paragraphs }: TranscriptDocument, id: string | undefined): number {
  const at = paragraphs.findIndex((paragraph) => paragraph.id === id)
  if (at < 0) throw new Unfit(`unknown: ${id ?? ''}`)
  return at
}

/** Operations that make `old` into `wanted`: the paragraphs between what both begin and end with, the names, and what is
 *  decided about captions elsewhere. */
export function difference(old: TranscriptDocument, wanted: TranscriptDocument): Operation[] {
  const moved = shiftDifference(old, wanted)
  const from = moved.length > 0 ? revise(old, moved).document : old
  const [ours, theirs] = [from.paragraphs, wanted.paragraphs]
  const most = Math.min(ours.length, theirs.length)
  let head = 0
  while (head < most && sameText(ours[head], theirs[head])) head += 1
  let tail = 0
  while (tail < most - head && sameText(ours.at(-1 - tail), theirs.at(-1 - tail))) tail += 1
  const [gone, come] = [ours.slice(head, ours.length - tail), theirs.slice(head, theirs.length - tail)]
  const remove = gone.map(({ id }) => id)
  const insert = gone.some(({ overrides }) => overrides) ? come.map(saying) : come
  const labels = [...new Set([...Object.keys(old.speakers), ...Object.keys(wanted.speakers)])].sort()
  return [
    ...moved,
    ...(remove.length + insert.length > 0
      ? [{ op: 'splice' as const, remove, before: remove.length > 0 ? null : (ours[head]?.id ?? null), insert }]
      : []),
    ...captionsDiffer([...ours.slice(0, head), ...ours.slice(ours.length - tail)], [...theirs.slice(0, head), ...theirs.slice(theirs.length - tail)]),
    ...ownDifference(from, wanted),
    ...labels
      .filter((label) => old.speakers[label] !== wanted.speakers[label])
      .map((speaker) => ({ op: 'name' as const, speaker, name: wanted.speakers[speaker] ?? null })),
  ]
}

export const sameDocument = (one: TranscriptDocument, other: TranscriptDocument): boolean => difference(one, other).length === 0
