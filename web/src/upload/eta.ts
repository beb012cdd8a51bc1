/** Speed over the last ten seconds, and a time left that does not jump. */
const WINDOW_MS = 10_000
const SETTLED_MS = 5_000
const SMOOTHING_MS = 15_000
const HOLD_MS = 3_000

export class Pace {
  private samples: { at: number; bytes: number }[] = []
  private smooth: number | null = null
  private began: number | null = null
  private shown: { at: number; leftS: number } | null = null

  /** `bytes`: how far the upload is. A fall (a server that lost some) begins the measurement anew. */
  add(at: number, bytes: number): void {
    const last = this.samples.at(-1)
    if (last && bytes < last.bytes) this.samples = []
    this.began ??= at
    if (last && at > last.at && bytes >= last.bytes) {
      const speed = ((bytes - last.bytes) * 1000) / (at - last.at)
      const weight = 1 - Math.exp((last.at - at) / SMOOTHING_MS)
      this.smooth = this.smooth === null ? speed : this.smooth + weight * (speed - this.smooth)
    }
    this.samples.push({ at, bytes })
    this.samples = this.samples.filter((sample) => at - sample.at <= WINDOW_MS)
  }

  /** Bytes a second; null until there is something to measure. */
  get speed(): number | null {
    const first = this.samples[0]
    const last = this.samples.at(-1)
    if (!first || !last || last.at === first.at) return null
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at)
  }

  /** Seconds, in steps a person can follow; null while nothing can be said. */
  leftS(at: number, remaining: number): number | null {
    if (this.began === null || at - this.began < SETTLED_MS || !this.smooth) return null
    if (this.shown && at - this.shown.at < HOLD_MS) return this.shown.leftS
    const exact = remaining / this.smooth
    const step = exact < 60 ? 10 : 60
    const leftS = Math.max(step, Math.ceil(exact / step) * step)
    this.shown = { at, leftS }
    return leftS
  }
}
