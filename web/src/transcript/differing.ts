/** Where two texts say different things, for people to look at. */
import type { Paragraph } from './columns.ts'
import { commonPairs } from './common.ts'
import type { TranscriptDocument } from './document.ts'

export interface Difference {
  startMs: number
  /** The paragraphs of the one and of the other that stand there, each with its speaker's name. */
  texts: [string[], string[]]
}

export function differing(one: TranscriptDocument, other: TranscriptDocument): Difference[] {
  const [ours, theirs] = [one, other].map((document) => document.paragraphs.map((paragraph) => said(document, paragraph)))
  if (!ours || !theirs) return []
  const pairs = commonPairs(ours, theirs)
  const found: Difference[] = []
  let [left, right] = [0, 0]
  const until = (endLeft: number, endRight: number): void => {
    if (endLeft > left || endRight > right) {
      const first = one.paragraphs[left] ?? other.paragraphs[right]
      found.push({ startMs: first?.starts[0] ?? 0, texts: [ours.slice(left, endLeft), theirs.slice(right, endRight)] })
    }
    left = endLeft + 1
    right = endRight + 1
  }
  pairs.forEach((pair, at) => {
    if (pair !== null) until(pair, at)
  })
  until(ours.length, theirs.length)
  return found
}

const said = ({ speakers }: TranscriptDocument, { speaker, text }: Paragraph): string =>
  speaker === null ? text : `${speakers[speaker] ?? speaker}: ${text}`
