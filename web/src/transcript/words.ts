/** Cutting paragraphs and putting them together, words and times with them. */
import type { Paragraph } from '@/backend/transcripts.ts'
import { extentOf } from './columns.ts'
import { oncePerParagraph } from './each.ts'
import { separator } from './tokens.ts'

export interface Word {
  text: string
  start: number
  duration: number
  conf: number | null
  /** Whether white space stands before it. */
  spaced: boolean
}

/** Beginning and end of the speech in it, in ms; null when it has no words. */
export const spanOf = oncePerParagraph(({ starts, durations }): { start: number; end: number } | null => {
  const [start] = starts
  if (start === undefined) return null
  return { start, end: Math.max(...starts.map((from, at) => from + (durations[at] ?? 0))) }
})

export function wordsOf(paragraph: Paragraph): Word[] {
  return paragraph.offsets.map((_, at) => {
    const [from, to] = extentOf(paragraph, at)
    return {
      text: paragraph.text.slice(from, to),
      start: paragraph.starts[at] ?? 0,
      duration: paragraph.durations[at] ?? 0,
      conf: paragraph.conf[at] ?? null,
      spaced: at > 0 && /\s/u.test(paragraph.text.charAt(from - 1)),
    }
  })
}

/** What is to be kept of the language when a paragraph is made anew. */
export const languageOf = ({ language }: Paragraph): { language?: string } => (language === undefined ? {} : { language })

/** A paragraph of words in their order, by the speaker and in the language of another. Times that run backwards, where two spoke at once, are held. */
export function paragraphOf(id: string, like: Paragraph, words: readonly Word[]): Paragraph {
  const made: Paragraph = { id, speaker: like.speaker, ...languageOf(like), text: '', offsets: [], starts: [], durations: [], conf: [], edited: true }
  let last = 0
  for (const { text, start, duration, conf, spaced } of words) {
    if (spaced && made.text) made.text += ' '
    made.offsets.push(made.text.length)
    made.text += text
    last = Math.max(last, start)
    made.starts.push(last)
    made.durations.push(Math.max(0, start + duration - last))
    made.conf.push(conf)
  }
  return made
}

/** The words before and behind a place in the text; one in which it lies is cut, and its time with it. */
export function cut(paragraph: Paragraph, caret: number): [Word[], Word[]] {
  const at = /^[\udc00-\udfff]/.test(paragraph.text.slice(caret)) ? caret - 1 : caret // no character is halved
  const before: Word[] = []
  const behind: Word[] = []
  wordsOf(paragraph).forEach((word, index) => {
    const from = paragraph.offsets[index] ?? 0
    const inside = at - from
    if (inside <= 0) behind.push(word)
    else if (inside >= word.text.length) before.push(word)
    else {
      const share = Math.round((word.duration * inside) / word.text.length)
      before.push({ ...word, text: word.text.slice(0, inside), duration: share })
      const rest = { start: word.start + share, duration: word.duration - share }
      behind.push({ ...word, ...rest, text: word.text.slice(inside), spaced: false })
    }
  })
  return [before, behind]
}

/** `later` behind `earlier`, with a space between where their script has one. */
export function together(earlier: readonly Word[], later: readonly Word[]): Word[] {
  const [first, ...rest] = later
  if (!first) return [...earlier]
  const gap = separator(earlier.at(-1)?.text ?? '', first.text) !== ''
  return [...earlier, { ...first, spaced: gap }, ...rest]
}
