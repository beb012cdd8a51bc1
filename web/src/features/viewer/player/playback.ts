/** Where one is in the recording, and going elsewhere. It holds a place without a recording too: text can be read, and
 *  its words gone to, when there is nothing to hear. */

const REWIND_S = 1

export interface PlaybackState {
  playing: boolean
  rate: number
  volume: number
  muted: boolean
  /** The element knows its recording. */
  ready: boolean
  /** It shows a picture. */
  picture: boolean
}

const AT_REST: PlaybackState = { playing: false, rate: 1, volume: 1, muted: false, ready: false, picture: false }
const STATE_EVENTS = ['play', 'pause', 'ratechange', 'volumechange', 'emptied', 'loadedmetadata', 'resize', 'ended'] as const
const PLACE_EVENTS = ['timeupdate', 'seeking', 'seeked', 'loadedmetadata'] as const

export class Playback {
  private element: HTMLVideoElement | null = null
  /** Where one is, as far as the element cannot say. */
  private resting = 0
  private goOn = false
  private rewinds = false
  private rate = 1
  /** Where it stops by itself; a seek, a pause or a click on Play lifts that. */
  private until: number | null = null
  private frame = 0
  private state = AT_REST
  private readonly watchers = new Set<() => void>()
  private readonly followers = new Set<(ms: number) => void>()

  /** Takes over the element; the returned function lets it go. */
  readonly attach = (element: HTMLVideoElement): (() => void) => {
    this.element = element
    const leave = new AbortController()
    const { signal } = leave
    // Before the others hear of it: they would take the beginning for the place where one is.
    element.addEventListener('loadedmetadata', () => this.takeUp(element), { signal })
    for (const name of STATE_EVENTS) element.addEventListener(name, () => this.publish(), { signal })
    for (const name of PLACE_EVENTS) element.addEventListener(name, () => this.tell(), { signal })
    element.addEventListener('play', () => this.tick(), { signal })
    element.addEventListener('pause', () => this.paused(element), { signal })
    this.publish()
    return () => {
      leave.abort()
      cancelAnimationFrame(this.frame)
      this.element = null
    }
  }

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  readonly getSnapshot = (): PlaybackState => this.state

  /** Told the place in ms: at every frame while it plays, else whenever it changes. */
  readonly follow = (follower: (ms: number) => void): (() => void) => {
    this.followers.add(follower)
    return () => this.followers.delete(follower)
  }

  get ms(): number {
    return this.ready ? this.ready.currentTime * 1000 : this.resting
  }

  /** Goes there and neither starts nor stops. */
  readonly seek = (ms: number): void => {
    this.resting = Math.max(0, ms)
    this.rewinds = false
    this.until = null
    if (this.ready) this.ready.currentTime = this.resting / 1000
    else this.tell()
  }

  readonly move = (seconds: number): void => this.seek(this.ms + seconds * 1000)

  readonly toggle = (): void => {
    const element = this.ready
    if (!element) return
    if (!element.paused) return element.pause()
    // What was said last before a pause is forgotten by its end.
    if (this.rewinds) this.move(-REWIND_S)
    // Refused where the browser wants a click first; the button then still says Play.
    element.play().catch(() => undefined)
  }

  /** Plays so much from there, and stops by itself unless somebody takes over; what plays already goes on from there. */
  readonly hear = (fromMs: number, forMs: number): void => {
    const element = this.ready
    const onItsOwn = element !== null && !element.paused && this.until === null
    this.seek(fromMs)
    if (!element || onItsOwn) return
    if (element.paused) element.play().catch(() => undefined)
    this.until = this.resting + forMs
  }

  readonly setRate = (rate: number): void => {
    this.rate = rate
    if (this.element) this.element.playbackRate = rate
  }

  readonly setVolume = (volume: number): void => {
    if (!this.element) return
    this.element.volume = volume
    this.element.muted = volume === 0
  }

  readonly mute = (): void => {
    if (this.element) this.element.muted = !this.element.muted
  }

  /** The recording is about to come from another address: afterwards all goes on where it is now. */
  readonly hold = (): void => {
    this.resting = this.ms
    this.goOn ||= this.element !== null && !this.element.paused
  }

  private get ready(): HTMLVideoElement | null {
    return this.element && this.element.readyState >= HTMLMediaElement.HAVE_METADATA ? this.element : null
  }

  private takeUp(element: HTMLVideoElement): void {
    element.playbackRate = this.rate
    if (this.resting > 0) element.currentTime = this.resting / 1000
    if (this.goOn) element.play().catch(() => undefined)
    this.goOn = false
  }

  private paused(element: HTMLVideoElement): void {
    // Where it was only to be heard, it begins again where it was.
    this.rewinds = this.until === null && !element.ended
    this.until = null
  }

  /** At every frame, not at every frame of the video: a recorded screen may have one a second. */
  private tick(): void {
    cancelAnimationFrame(this.frame)
    this.tell()
    if (this.until !== null && this.ms >= this.until) this.element?.pause()
    if (this.element && !this.element.paused) this.frame = requestAnimationFrame(() => this.tick())
  }

  private tell(): void {
    const ms = this.ms
    if (this.ready) this.resting = ms
    for (const follower of this.followers) follower(ms)
  }

  private publish(): void {
    const element = this.element
    if (!element) return
    this.state = {
      playing: !element.paused,
      rate: this.rate,
      volume: element.volume,
      muted: element.muted,
      ready: this.ready !== null,
      picture: element.videoWidth > 0,
    }
    for (const watcher of this.watchers) watcher()
  }
}
