/** The lane as it is looked at and touched. It knows no React: it draws at most once a frame, whatever happens meanwhile. */
import type { Cues, Paragraph } from '@/backend/transcripts.ts'
import { cueAt } from '@/transcript/cues.ts'
import { whenLooksChange } from '@/ui/looks.ts'
import { type Colours, coloursOf, draw } from './drawing.ts'
import type { Levels } from './levels.ts'
import { Pinch } from './pinch.ts'
import { snapped, speechEdges } from './snapping.ts'
import { begun, type Edge, edgeAt, following, panned, placeOf, reachOf, timeAt, type View, within, zoomed } from './view.ts'

export interface LaneGiven {
  levels: Levels
  cues: Cues
  paragraphs: readonly Paragraph[]
  durationMs: number
  /** The caption that is open for writing, or null. */
  open: number | null
  seek: (ms: number) => void
  set: (edge: Edge, ms: number) => void
  write: (cue: number) => void
}

/** How near to an edge a mouse has to be, and a finger, which needs 44 pixels. */
const MOUSE_PX = 6
const FINGER_PX = 22
/** A hand that moves less has clicked. */
const STILL_PX = 3
const SNAP_PX = 8
const MOST_SNAP_MS = 250
const WHEEL_ZOOM = 0.002

interface Press {
  pointer: number
  px: number
  view: View
  edge: Edge | null
  moved: boolean
}

export class Lane {
  private view: View
  private width = 0
  private height = 0
  private colours: Colours | null = null
  private press: Press | null = null
  private readonly pinch = new Pinch()
  private drag: (Edge & { ms: number }) | null = null
  /** In the caption whose edges have handles. */
  private chosenMs: number | null = null
  private playheadMs: number
  private frame = 0

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly head: HTMLElement,
    private given: LaneGiven,
    ms: number,
  ) {
    this.playheadMs = ms
    this.view = { fromMs: 0, msPerPx: 0 }
  }

  attach(): () => void {
    const { signal, abort } = leaving()
    const on = <K extends keyof HTMLElementEventMap>(name: K, does: (event: HTMLElementEventMap[K]) => void): void =>
      this.canvas.addEventListener(name, does, { signal, passive: false })
    on('pointerdown', (event) => this.down(event))
    on('pointermove', (event) => this.move(event))
    on('pointerup', (event) => this.up(event))
    on('pointercancel', (event) => {
      this.pinch.up(event)
      this.letGo()
    })
    on('dblclick', ({ offsetX }) => this.writeAt(timeAt(this.view, offsetX)))
    on('wheel', (event) => this.wheel(event))
    const leave = whenLooksChange(this.canvas, () => this.fit())
    return () => {
      abort()
      leave()
      cancelAnimationFrame(this.frame)
    }
  }

  update(given: LaneGiven): void {
    const opened = given.open !== this.given.open ? given.open : null
    this.given = given
    if (opened !== null) this.show(given.cues.starts[opened] ?? 0)
    this.drawSoon()
  }

  follow(ms: number): void {
    const before = this.playheadMs
    this.playheadMs = ms
    if (!this.press) this.look(following(this.view, before, ms, this.width))
    this.placeHead()
  }

  /** Around the playhead where it is seen, else around the middle. */
  zoom(by: number): void {
    const head = placeOf(this.view, this.playheadMs)
    this.look(zoomed(this.view, by, head >= 0 && head <= this.width ? head : this.width / 2))
  }

  /** Nothing was dragged. */
  letGo(): boolean {
    const held = this.press !== null
    this.press = this.drag = null
    if (held) this.drawSoon()
    return held
  }

  /** ms of so many pixels. */
  ms(px: number): number {
    return px * this.view.msPerPx
  }

  get widthMs(): number {
    return this.ms(this.width)
  }

  /** The open caption, the one that was clicked, or -1. */
  get active(): number {
    const { open, cues } = this.given
    return this.drag?.cue ?? open ?? (this.chosenMs === null ? -1 : cueAt(cues, this.chosenMs))
  }

  private look(view: View): void {
    const { fromMs, msPerPx } = within(view, this.width, this.given.durationMs)
    if (fromMs === this.view.fromMs && msPerPx === this.view.msPerPx) return
    this.view = { fromMs, msPerPx }
    this.placeHead()
    this.drawSoon()
  }

  private show(ms: number): void {
    const px = placeOf(this.view, ms)
    if (px < 0 || px > this.width * 0.9) this.look({ ...this.view, fromMs: ms - this.widthMs / 4 })
  }

  private down(event: PointerEvent): void {
    this.pinch.down(event, this.view)
    if (this.pinch.on) return void this.letGo()
    if (event.button !== 0 || this.press) return
    this.canvas.setPointerCapture(event.pointerId)
    this.press = { pointer: event.pointerId, px: event.offsetX, view: this.view, edge: this.edgeUnder(event), moved: false }
  }

  private move(event: PointerEvent): void {
    const { press } = this
    const between = this.pinch.move(event)
    if (between) return this.look(between)
    if (!press) {
      this.canvas.style.cursor = this.edgeUnder(event) ? 'ew-resize' : ''
      return
    }
    if (press.pointer !== event.pointerId) return
    const by = event.offsetX - press.px
    press.moved ||= Math.abs(by) > STILL_PX
    if (!press.moved) return
    if (press.edge) this.dragTo(press.edge, this.edgeMs(press.edge) + this.ms(by), event.altKey)
    else this.look(panned(press.view, -by))
  }

  private up(event: PointerEvent): void {
    this.pinch.up(event)
    const { press, drag } = this
    const { pointerId, offsetX } = event
    if (press?.pointer !== pointerId) return
    this.letGo()
    if (!press.moved) {
      this.chosenMs = press.edge ? this.given.cues.starts[press.edge.cue] ?? null : timeAt(this.view, offsetX)
      this.given.seek(Math.max(0, timeAt(this.view, offsetX)))
    } else if (drag && drag.ms !== this.edgeMs(drag)) {
      // Whichever time was dragged, the middle of the caption is in it.
      this.chosenMs = (drag.ms + this.edgeMs({ cue: drag.cue, part: drag.part === 'start' ? 'end' : 'start' })) / 2
      this.given.set({ cue: drag.cue, part: drag.part }, drag.ms)
    }
  }

  private dragTo(edge: Edge, wanted: number, freely: boolean): void {
    const { cues, paragraphs, levels, durationMs } = this.given
    const near = Math.min(MOST_SNAP_MS, this.ms(SNAP_PX))
    const held = freely ? wanted : snapped(wanted, speechEdges(edge.part, wanted, near, paragraphs, levels.peaks), near)
    const [least, most] = reachOf(cues, edge, durationMs)
    this.drag = { ...edge, ms: Math.round(Math.max(least, Math.min(most, held))) }
    this.drawSoon()
  }

  private wheel(event: WheelEvent): void {
    const sideways = event.shiftKey ? event.deltaY + event.deltaX : event.deltaX
    if (event.ctrlKey || event.metaKey) this.look(zoomed(this.view, Math.exp(event.deltaY * WHEEL_ZOOM), event.offsetX))
    else if (Math.abs(sideways) > (event.shiftKey ? 0 : Math.abs(event.deltaY))) this.look(panned(this.view, sideways))
    else return // the page is scrolled
    event.preventDefault()
  }

  private writeAt(ms: number): void {
    const cue = cueAt(this.given.cues, ms)
    if (cue >= 0) this.given.write(cue)
  }

  private edgeUnder({ offsetX, pointerType }: PointerEvent): Edge | null {
    const { cues } = this.given
    if (pointerType !== 'touch') return edgeAt(cues, this.view, offsetX, MOUSE_PX, null)
    return this.active < 0 ? null : edgeAt(cues, this.view, offsetX, FINGER_PX, this.active)
  }

  private edgeMs({ cue, part }: Edge): number {
    return (part === 'start' ? this.given.cues.starts : this.given.cues.ends)[cue] ?? 0
  }

  private fit(): void {
    const { canvas } = this
    const [width, height, sharpness] = [canvas.clientWidth, canvas.clientHeight, devicePixelRatio]
    this.colours = coloursOf(canvas)
    ;[canvas.width, canvas.height] = [Math.round(width * sharpness), Math.round(height * sharpness)]
    const first = this.width === 0
    ;[this.width, this.height] = [width, height]
    this.view = first ? begun(this.playheadMs, width, this.given.durationMs) : within(this.view, width, this.given.durationMs)
    canvas.getContext('2d')?.setTransform(sharpness, 0, 0, sharpness, 0, 0)
    this.placeHead()
    this.drawNow() // a canvas that has another size is empty
  }

  private placeHead(): void {
    const px = placeOf(this.view, this.playheadMs)
    this.head.hidden = !(px >= 0 && px <= this.width)
    this.head.style.transform = `translateX(${px}px)`
  }

  private drawSoon(): void {
    cancelAnimationFrame(this.frame)
    this.frame = requestAnimationFrame(() => this.drawNow())
  }

  private drawNow(): void {
    const context = this.canvas.getContext('2d')
    const { view, drag, active } = this
    if (!context || !this.colours || this.width === 0) return
    draw(context, this.width, this.height, { view, drag, active, levels: this.given.levels, cues: this.given.cues }, this.colours)
  }
}

function leaving(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}
