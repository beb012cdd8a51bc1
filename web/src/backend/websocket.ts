/** The live line of the local edition: one WebSocket, whose first message says what to watch (aisubs/http/live.py). */
import * as v from 'valibot'
import { Hint, type LiveListener, type LiveSource, waitBeforeTry } from './live.ts'

const TOPICS = 500
const ANSWER_MS = 10_000

const Message = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('job'), ...Hint.entries }),
])

export class WebSocketSource implements LiveSource {
  private socket: WebSocket | null = null
  private topics: readonly string[] = []
  /** Questions that the server has not said `ready` to. */
  private asked = 0
  private attempt = 0
  private retry: ReturnType<typeof setTimeout> | undefined
  private late: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly url: string,
    private readonly on: LiveListener,
  ) {}

  watch(topics: readonly string[]): void {
    const before = this.topics
    this.topics = topics.slice(0, TOPICS)
    if (this.topics.length === 0) this.hangUp()
    else if (!this.socket) this.connect()
    else if (before.join() !== this.topics.join()) this.ask()
  }

  check(): void {
    if (this.topics.length === 0) return
    if (this.socket?.readyState === WebSocket.OPEN) this.ask()
    else if (this.socket?.readyState !== WebSocket.CONNECTING) this.connect()
  }

  close(): void {
    this.topics = []
    this.hangUp()
  }

  private connect(): void {
    this.hangUp()
    const socket = new WebSocket(this.url)
    this.socket = socket
    this.expectAnswer()
    socket.addEventListener('open', () => this.socket === socket && this.ask())
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => this.socket === socket && this.hear(data))
    // A failed connection says `error` and then `close`.
    socket.addEventListener('close', () => this.socket === socket && this.broken())
  }

  private ask(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return // `open` asks
    this.asked += 1
    this.socket.send(JSON.stringify({ watch: this.topics }))
    this.expectAnswer()
  }

  private hear(data: unknown): void {
    const parsed = v.safeParse(Message, parse(data))
    if (!parsed.success) return // of a newer server
    if (parsed.output.type === 'job') return this.on.hint(parsed.output)
    this.asked = Math.max(0, this.asked - 1) // unasked, it says that hints were lost
    if (this.asked > 0) return
    clearTimeout(this.late)
    this.attempt = 0
    this.on.ready()
  }

  /** A line that died without a word is given up after a while. */
  private expectAnswer(): void {
    clearTimeout(this.late)
    this.late = setTimeout(() => this.broken(), ANSWER_MS)
  }

  private broken(): void {
    this.hangUp()
    this.on.lost()
    this.retry = setTimeout(() => this.connect(), waitBeforeTry(this.attempt))
    this.attempt += 1
  }

  private hangUp(): void {
    clearTimeout(this.retry)
    clearTimeout(this.late)
    this.asked = 0
    const socket = this.socket
    this.socket = null
    socket?.close()
  }
}

function parse(data: unknown): unknown {
  try {
    return typeof data === 'string' ? JSON.parse(data) : undefined
  } catch {
    return undefined // fits no schema
  }
}
