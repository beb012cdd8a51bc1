/** Peaks at every zoom: ten hours are two million bytes, and no column of the picture looks at more than a few of them. */

export const FRAME_MS = 16
const FACTOR = 4
const COARSEST = 512

export class Levels {
  /** Each a quarter of the one before it. */
  private readonly levels: Uint8Array[]

  constructor(readonly peaks: Uint8Array) {
    this.levels = [peaks]
    for (let finer = peaks; finer.length > COARSEST; ) this.levels.push((finer = coarser(finer)))
  }

  get durationMs(): number {
    return this.peaks.length * FRAME_MS
  }

  /** The loudest byte of each column, of which the first begins at `fromMs`; 0 where there is no sound. */
  columns(into: Uint8Array, fromMs: number, msPerPx: number): void {
    const depth = Math.floor(Math.log(Math.max(1, msPerPx / FRAME_MS)) / Math.log(FACTOR))
    const level = Math.min(depth, this.levels.length - 1)
    const [peaks, frameMs] = [this.levels[level] ?? this.peaks, FRAME_MS * FACTOR ** level]
    for (let column = 0; column < into.length; column += 1) {
      const first = Math.floor((fromMs + column * msPerPx) / frameMs)
      const behind = Math.max(first + 1, Math.ceil((fromMs + (column + 1) * msPerPx) / frameMs))
      let loudest = 0
      for (let frame = Math.max(0, first); frame < behind; frame += 1) loudest = Math.max(loudest, peaks[frame] ?? 0)
      into[column] = loudest
    }
  }
}

function coarser(finer: Uint8Array): Uint8Array {
  const made = new Uint8Array(Math.ceil(finer.length / FACTOR))
  for (let frame = 0; frame < finer.length; frame += 1) {
    const at = Math.floor(frame / FACTOR)
    made[at] = Math.max(made[at] ?? 0, finer[frame] ?? 0)
  }
  return made
}
