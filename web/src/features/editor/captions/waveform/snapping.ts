/** Where speech begins and ends, by its words and by what can be seen of the sound: there an edge that is dragged holds. */
import type { Paragraph } from '@/backend/transcripts.ts'
import type { Edge } from './view.ts'
import { FRAME_MS } from './levels.ts'

/** How far around an edge quiet and loud are told apart. */
const AROUND_MS = 2000
/** Of the span between the quietest and the loudest there. */
const LOUD_SHARE = 0.25
/** Less of it is one noise, without an edge. */
const LEAST_SPAN = 24
/** So many frames in a row: a click is no speech. */
const LASTING = 4

/** Places in ms within `within` of `ms`, where words begin (for `start`) or end, and where the sound does. */
export function speechEdges(part: Edge['part'], ms: number, within: number, paragraphs: readonly Paragraph[], peaks: Uint8Array): number[] {
  return [...wordEdges(part, ms, within, paragraphs), ...soundEdges(part, ms, within, peaks)]
}

/** The nearest of them, or `ms`. */
export function snapped(ms: number, edges: readonly number[], within: number): number {
  const nearest = edges.reduce((best, edge) => (Math.abs(edge - ms) < Math.abs(best - ms) ? edge : best), Infinity)
  return Math.abs(nearest - ms) <= within ? Math.round(nearest) : ms
}

function wordEdges(part: Edge['part'], ms: number, within: number, paragraphs: readonly Paragraph[]): number[] {
  const found: number[] = []
  for (const { starts, durations } of paragraphs) {
    const [first = 0, last = 0, lasts = 0] = [starts[0], starts.at(-1), durations.at(-1)]
    if (first > ms + within || last + lasts < ms - within) continue
    starts.forEach((start, word) => {
      const edge = part === 'start' ? start : start + (durations[word] ?? 0)
      if (Math.abs(edge - ms) <= within) found.push(edge)
    })
  }
  return found
}

function soundEdges(part: Edge['part'], ms: number, within: number, peaks: Uint8Array): number[] {
  const around = peaks.subarray(Math.max(0, Math.floor((ms - AROUND_MS) / FRAME_MS)), Math.max(0, Math.ceil((ms + AROUND_MS) / FRAME_MS)))
  const [quiet, loudest] = around.reduce(([low, high], peak) => [Math.min(low, peak), Math.max(high, peak)], [255, 0])
  if (loudest - quiet < LEAST_SPAN) return []
  const threshold = quiet + (loudest - quiet) * LOUD_SHARE
  const lasts = (frame: number, loud: boolean): boolean => {
    for (let at = frame; at < frame + LASTING; at += 1) if ((peaks[at] ?? 0) >= threshold !== loud) return false
    return true
  }
  const found: number[] = []
  for (let frame = Math.ceil((ms - within) / FRAME_MS); frame * FRAME_MS <= ms + within; frame += 1) {
    if (frame >= 0 && lasts(frame, part === 'start') && lasts(frame - LASTING, part === 'end')) found.push(frame * FRAME_MS)
  }
  return found
}
