/** The whole recording on one line: who speaks when, where nobody does, and what a person should hear again. Drawn from
 *  what the transcript knows; how loud it is, is seen below the captions. */
import { doubtfulWords, type Found } from '@/transcript/columns.ts'
import { type Span, spansOf } from '@/transcript/spans.ts'
import type { SpeakerLook } from '../../speaker_looks.ts'
import type { Script } from '../text/script.ts'

/** What stands where, in ms. */
export interface Strip {
  durationMs: number
  turns: (Span & { look: SpeakerLook | undefined })[]
  /** Spans that could not be heard with certainty. */
  unresolved: Span[]
  /** Where two speak at once. */
  overlaps: Span[]
  doubts: number[]
  found: number[]
}

export function stripOf(
  script: Script,
  looks: ReadonlyMap<string, SpeakerLook>,
  rest: { durationMs: number; unresolved: Span[]; overlaps: Span[]; found: readonly Found[] },
): Strip {
  const turns = script.paragraphs.flatMap((paragraph) => {
    const look = paragraph.speaker === null ? undefined : looks.get(paragraph.speaker)
    return spansOf(paragraph).map((span) => ({ ...span, look }))
  })
  const startOf = (paragraph: number, word: number): number => script.paragraphs[paragraph]?.starts[word] ?? 0
  return {
    durationMs: rest.durationMs,
    unresolved: rest.unresolved,
    overlaps: rest.overlaps,
    turns,
    doubts: doubtfulWords(script.paragraphs).map(({ paragraph, word }) => startOf(paragraph, word)),
    found: rest.found.map(({ paragraph, from }) => {
      const at = script.paragraphs[paragraph]?.offsets.findLastIndex((offset) => offset <= from) ?? 0
      return startOf(paragraph, Math.max(0, at))
    }),
  }
}

/** Fits the canvas to its box and draws. Colours are those of the element, so they follow the theme. */
export function drawStrip(canvas: HTMLCanvasElement, strip: Strip): void {
  const context = canvas.getContext('2d')
  const { clientWidth: width, clientHeight: height } = canvas
  if (!context || width === 0) return
  const sharpness = devicePixelRatio
  canvas.width = Math.round(width * sharpness)
  canvas.height = Math.round(height * sharpness)
  context.setTransform(sharpness, 0, 0, sharpness, 0, 0)
  const style = getComputedStyle(canvas)
  const colours = new Map<string, string>()
  const colour = (name: string): string => {
    const known = colours.get(name) ?? style.getPropertyValue(`--${name}`).trim()
    colours.set(name, known) // asked thousands of times, and slow to ask for
    return known
  }
  const at = (ms: number): number => (strip.durationMs > 0 ? (ms / strip.durationMs) * width : 0)
  const box = ({ from, to }: Span, top: number, bottom: number, least: number): void =>
    context.fillRect(at(from), top, Math.max(least, at(to) - at(from)), bottom - top)

  context.fillStyle = colour('warn')
  context.globalAlpha = 0.35
  for (const span of strip.unresolved) box(span, 0, height, 2)
  context.globalAlpha = 1
  const [top, bottom] = [height * 0.3, height * 0.7]
  for (const { look, ...span } of strip.turns) {
    context.fillStyle = colour(look ? `speaker-${look['data-speaker']}` : 'accent')
    box(span, top, bottom, 1)
  }
  context.fillStyle = colour('surface') // the turn is parted lengthwise: it is two people's
  for (const span of strip.overlaps) box(span, height * 0.46, height * 0.54, 2)
  context.fillStyle = colour('doubt')
  for (const ms of strip.doubts) context.fillRect(at(ms), height - 5, 1.5, 4)
  context.fillStyle = colour('text')
  for (const ms of strip.found) context.fillRect(at(ms), 0, 2, 7)
}
