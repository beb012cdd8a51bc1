/** What of the recording is seen, and which edge of a caption lies under a finger. */
import type { Cues } from '@/backend/transcripts.ts'
import { lastCueAt } from '@/transcript/cues.ts'

export interface View {
  fromMs: number
  msPerPx: number
}

export interface Edge {
  cue: number
  part: 'start' | 'end'
}

const FINEST_MS = 4
const USUAL_MS = 12

/** Of a lane of so many pixels; no less than a tenth of a second of the end is ever out of it. */
export function within({ fromMs, msPerPx }: View, width: number, durationMs: number): View {
  const scale = Math.max(FINEST_MS, Math.min(msPerPx, Math.max(FINEST_MS, durationMs / Math.max(1, width))))
  return { msPerPx: scale, fromMs: Math.max(0, Math.min(fromMs, durationMs - width * scale)) }
}

export const begun = (ms: number, width: number, durationMs: number): View =>
  within({ fromMs: ms - width * USUAL_MS * 0.25, msPerPx: USUAL_MS }, width, durationMs)

/** What lies under `px` stays there. */
export const zoomed = ({ fromMs, msPerPx }: View, by: number, px: number): View => ({ msPerPx: msPerPx * by, fromMs: fromMs + px * msPerPx * (1 - by) })

/** Each [middle, distance] of two fingers, in px: what lay between them lies there still. */
export const pinched = (view: View, [from, apart]: [number, number], [to, now]: [number, number]): View =>
  panned(zoomed(view, apart / now, from), from - to)

export const panned = ({ fromMs, msPerPx }: View, px: number): View => ({ msPerPx, fromMs: fromMs + px * msPerPx })

export const timeAt = ({ fromMs, msPerPx }: View, px: number): number => fromMs + px * msPerPx

export const placeOf = ({ fromMs, msPerPx }: View, ms: number): number => (ms - fromMs) / msPerPx

/** How much of the lane lies before the place that is heard, once the lane follows it. */
const AHEAD = 0.1

/** Where to look when the playhead has gone from one place to another; the same view if there is nothing to do. */
export function following(view: View, before: number, now: number, width: number): View {
  const sees = (ms: number): boolean => placeOf(view, ms) >= 0 && placeOf(view, ms) < width
  // Whoever looks elsewhere while it plays is left alone, until the playhead leaps.
  const leapt = Math.abs(now - before) > 1000
  if (sees(now) || !(sees(before) || leapt)) return view
  return { ...view, fromMs: now - width * view.msPerPx * AHEAD }
}

/** The edge that is nearest within `reach` pixels: of the caption `only`, or, as that is null, of all that are seen. */
export function edgeAt(cues: Pick<Cues, 'starts' | 'ends'>, view: View, px: number, reach: number, only: number | null): Edge | null {
  const first = only ?? Math.max(0, lastCueAt(cues, timeAt(view, px - reach)) - 1)
  const last = only ?? lastCueAt(cues, timeAt(view, px + reach)) + 1
  let best: { edge: Edge; away: number } | null = null
  for (let cue = first; cue <= last && cue < cues.starts.length; cue += 1) {
    for (const part of ['start', 'end'] as const) {
      const ms = (part === 'start' ? cues.starts : cues.ends)[cue] ?? 0
      const offset = px - placeOf(view, ms)
      // Where one ends and the next begins, the hand is in the one whose edge it means.
      const outside = part === 'start' ? offset < 0 : offset > 0
      const away = Math.abs(offset) + (outside ? 0.5 : 0)
      if (Math.abs(offset) <= reach && away < (best?.away ?? Infinity)) best = { edge: { cue, part }, away }
    }
  }
  return best?.edge ?? null
}

/** The least that a caption lasts once its edge is dragged: a frame of 25 a second. */
const LEAST_MS = 40

/** How far an edge may be dragged: to the captions beside it, never over its own other edge. */
export function reachOf({ starts, ends }: Pick<Cues, 'starts' | 'ends'>, { cue, part }: Edge, durationMs: number): [number, number] {
  const [start, end] = [starts[cue] ?? 0, ends[cue] ?? 0]
  return part === 'start'
    ? [Math.min(start, ends[cue - 1] ?? 0), Math.max(start, end - LEAST_MS)]
    : [Math.min(end, start + LEAST_MS), Math.max(end, starts[cue + 1] ?? durationMs)]
}
