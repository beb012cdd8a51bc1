/** What editing asks of the player. */
export interface PlayerHandle {
  getSnapshot(): { playing: boolean; rate: number; ready: boolean }
  toggle(): void
  setRate(rate: number): void
  /** Goes to a place, in ms, and neither starts nor stops. */
  seek(ms: number): void
  /** Plays so much from there, and stops by itself. */
  hear(fromMs: number, forMs: number): void
}
