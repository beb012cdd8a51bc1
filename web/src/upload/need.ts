/** Which uploads need the page, and what leaving it would cost: what the banner says, and whether the browser asks first. */
import type { Phase, Upload } from './phases.ts'

const MOVING: Phase['name'][] = ['queued', 'preparing', 'announcing', 'sending', 'waiting']
const STUCK: Phase['name'][] = ['failed', 'needs-file']
const NOT_BEGUN: Phase['name'][] = ['inspecting', 'ready', 'rejected']

export interface Need {
  /** Files that were begun here, or before in this browser. */
  of: number
  /** Of these, those that are not on the server and on their way: they need the page open. */
  moving: number
  paused: number
  /** Those that go on only when somebody does something. */
  stuck: number
  /** Those that were chosen beside them, and that nobody has begun. */
  chosen: number
  /** Those that another tab sends. */
  elsewhere: number
  /** What another visit costs, at worst: nothing, a click for each file, its choice, everything. */
  reload: Upload['reload']
  /** Jobs that are on the server and whose token this browser could not keep. */
  notKept: number
}

const COSTS: Upload['reload'][] = ['nothing', 'click', 'file', 'all']

export function needOf(uploads: readonly Upload[]): Need {
  const ours = uploads.filter(({ mirrored, phase }) => !mirrored && phase.name !== 'elsewhere' && !NOT_BEGUN.includes(phase.name))
  const count = (names: Phase['name'][]): number => ours.filter(({ phase }) => names.includes(phase.name)).length
  const open = ours.filter(({ phase }) => MOVING.includes(phase.name) || phase.name === 'paused')
  const others = uploads.filter(({ mirrored, phase }) => phase.name === 'elsewhere' || (mirrored && MOVING.includes(phase.name)))
  return {
    of: ours.length,
    moving: count(MOVING),
    paused: count(['paused']),
    stuck: count(STUCK),
    chosen: uploads.filter(({ mirrored, phase }) => !mirrored && (phase.name === 'inspecting' || phase.name === 'ready')).length,
    elsewhere: others.length,
    reload: COSTS[Math.max(0, ...open.map(({ reload }) => COSTS.indexOf(reload)))] ?? 'all',
    notKept: ours.filter(({ phase }) => phase.name === 'submitted' && !phase.kept).length,
  }
}
