/** Two fingers on the lane: what lies under each of them stays there, as far as one scale can. */
import { pinched, type View } from './view.ts'

interface Finger {
  x: number
  y: number
}

export class Pinch {
  private readonly fingers = new Map<number, Finger>()
  private begun: { fingers: [Finger, Finger]; view: View } | null = null

  /** Two fingers are down, or one of them has been left. */
  get on(): boolean {
    return this.begun !== null
  }

  down({ pointerId, pointerType, offsetX: x, offsetY: y }: PointerEvent, view: View): void {
    if (pointerType !== 'touch') return
    this.fingers.set(pointerId, { x, y })
    const [first, second, more] = [...this.fingers.values()]
    if (first && second && !more) this.begun = { fingers: [{ ...first }, { ...second }], view }
  }

  /** Where the lane is looked at now; null where nothing is pinched. */
  move({ pointerId, offsetX: x, offsetY: y }: PointerEvent): View | null {
    if (!this.fingers.has(pointerId)) return null
    this.fingers.set(pointerId, { x, y })
    const [first, second] = [...this.fingers.values()]
    if (!this.begun || !first || !second) return null
    const [one, other] = this.begun.fingers
    return pinched(this.begun.view, [middle(one, other), apart(one, other)], [middle(first, second), apart(first, second)])
  }

  /** The last finger of a pinch does nothing more. */
  up({ pointerId }: PointerEvent): void {
    this.fingers.delete(pointerId)
    if (this.fingers.size === 0) this.begun = null
  }
}

const middle = (one: Finger, other: Finger): number => (one.x + other.x) / 2
/** Fingers that lie on each other say no scale. */
const apart = (one: Finger, other: Finger): number => Math.max(10, Math.hypot(one.x - other.x, one.y - other.y))
