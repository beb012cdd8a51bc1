/** The picture of a lane: the sound, the captions upon it, and the edge that is being dragged. */
import type { Cues } from '@/backend/transcripts.ts'
import { exactClock } from '@/i18n/format.ts'
import { lastCueAt } from '@/transcript/cues.ts'
import type { Levels } from './levels.ts'
import { type Edge, placeOf, timeAt, type View } from './view.ts'

export interface Picture {
  view: View
  levels: Levels
  cues: Cues
  /** The caption whose edges have handles, or -1. */
  active: number
  drag: (Edge & { ms: number }) | null
}

const NAMES = ['sunken', 'control', 'accent', 'soft', 'text', 'surface', 'line'] as const
export type Colours = Record<(typeof NAMES)[number], string>

/** Those of the element, so they follow the theme; slow to ask for. */
export function coloursOf(canvas: HTMLElement): Colours {
  const style = getComputedStyle(canvas)
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Colours
}

/** Narrower captions, in pixels, have neither a frame nor a text. */
const LEAST_PX = 3
const LEAST_TEXT_PX = 40
const TOP_PX = 18
const FONT = '12px system-ui, sans-serif'
let columns = new Uint8Array(0)

export function draw(context: CanvasRenderingContext2D, width: number, height: number, picture: Picture, colours: Colours): void {
  const { view, levels } = picture
  context.fillStyle = colours.sunken
  context.fillRect(0, 0, width, height)
  const shown = shownCues(picture, width)
  for (const { cue, from, to } of shown) {
    if (to - from < LEAST_PX) continue
    context.fillStyle = colours.soft
    context.fillRect(from, 0, to - from, height)
    context.fillStyle = cue === picture.active ? colours.accent : colours.control
    context.fillRect(from, 0, 1, height)
    context.fillRect(to - 1, 0, 1, height)
  }
  if (columns.length !== width) columns = new Uint8Array(width)
  levels.columns(columns, view.fromMs, view.msPerPx)
  const [middle, reach] = [TOP_PX + (height - TOP_PX) / 2, (height - TOP_PX) / 2 - 2]
  context.fillStyle = colours.accent
  context.beginPath()
  for (let x = 0; x < width; x += 1) {
    const tall = Math.max(0.5, ((columns[x] ?? 0) / 255) * reach)
    context.rect(x, middle - tall, 1, 2 * tall)
  }
  context.fill()
  context.font = FONT
  context.textBaseline = 'middle'
  for (const one of shown) drawText(context, one, picture, colours)
  const active = shown.find(({ cue }) => cue === picture.active)
  if (active) for (const x of [active.from, active.to]) drawHandle(context, x, height, colours)
  if (picture.drag) drawTime(context, placeOf(view, picture.drag.ms), exactClock(picture.drag.ms), width, height, colours)
}

interface ShownCue {
  cue: number
  from: number
  to: number
}

function shownCues({ view, cues, drag }: Picture, width: number): ShownCue[] {
  const shown: ShownCue[] = []
  const behind = timeAt(view, width)
  for (let cue = Math.max(0, lastCueAt(cues, view.fromMs)); cue < cues.starts.length; cue += 1) {
    const [start = 0, end = 0] = [cues.starts[cue], cues.ends[cue]]
    if (start > behind) break
    const edges = drag?.cue === cue ? { start, end, [drag.part]: drag.ms } : { start, end }
    shown.push({ cue, from: Math.round(placeOf(view, edges.start)), to: Math.round(placeOf(view, edges.end)) })
  }
  return shown
}

function drawText(context: CanvasRenderingContext2D, { cue, from, to }: ShownCue, { cues }: Picture, colours: Colours): void {
  const left = Math.max(0, from)
  if (to - left < LEAST_TEXT_PX) return
  context.save()
  context.beginPath()
  context.rect(left + 2, 0, to - left - 4, TOP_PX)
  context.clip()
  context.fillStyle = colours.text
  context.fillText(cues.texts[cue]?.replaceAll('\n', ' ') ?? '', left + 5, TOP_PX / 2 + 1)
  context.restore()
}

function drawHandle(context: CanvasRenderingContext2D, x: number, height: number, colours: Colours): void {
  context.fillStyle = colours.text
  context.fillRect(x - 1, 0, 2, height)
  context.beginPath()
  context.roundRect(x - 5, height / 2 - 10, 10, 20, 4)
  context.fill()
  context.fillStyle = colours.surface
  context.fillRect(x - 2, height / 2 - 5, 1, 10)
  context.fillRect(x + 1, height / 2 - 5, 1, 10)
}

function drawTime(context: CanvasRenderingContext2D, x: number, time: string, width: number, height: number, colours: Colours): void {
  const room = context.measureText(time).width + 10
  const left = Math.max(0, Math.min(width - room, x + 10))
  context.fillStyle = colours.text
  context.fillRect(left, height - 20, room, 18)
  context.fillStyle = colours.surface
  context.fillText(time, left + 5, height - 10)
}
