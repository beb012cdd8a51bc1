/** Supabase Realtime on loopback as far as the page uses it: private channels that are joined, broadcasts, a line that
 *  breaks. https://supabase.com/docs/guides/realtime/protocol; its rights are tested in tests/contract/test_live_supabase.py. */
import { type WebSocket, WebSocketServer } from 'ws'

type Frame = [joinRef: string | null, ref: string | null, topic: string, event: string, payload: Record<string, unknown>]

export class RealtimeServer {
  /** Topics that may be read; others are refused as Realtime refuses them. */
  readonly allowed = new Set<string>()
  readonly refused: string[] = []
  private readonly members = new Map<WebSocket, Map<string, string | null>>()
  private readonly server = new WebSocketServer({ port: 0, host: '127.0.0.1' })

  async start(): Promise<this> {
    if (!this.server.address()) await new Promise((resolve) => this.server.once('listening', resolve))
    this.server.on('connection', (socket) => {
      this.members.set(socket, new Map())
      socket.on('close', () => this.members.delete(socket))
      socket.on('message', (data) => this.answer(socket, JSON.parse(data.toString()) as Frame))
    })
    return this
  }

  get url(): string {
    return `http://127.0.0.1:${this.server.address()?.port ?? 0}`
  }

  joined(): string[] {
    return [...this.members.values()].flatMap((topics) => [...topics.keys()])
  }

  say(topic: string, payload: object): void {
    for (const [socket, topics] of this.members) {
      if (!topics.has(topic)) continue
      const broadcast = { type: 'broadcast', event: 'job', payload }
      this.send(socket, [topics.get(topic) ?? null, null, `realtime:${topic}`, 'broadcast', broadcast])
    }
  }

  cut(): void {
    for (const socket of this.members.keys()) socket.terminate()
  }

  async stop(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private answer(socket: WebSocket, [joinRef, ref, channel, event, payload]: Frame): void {
    const topic = channel.replace(/^realtime:/, '')
    const topics = this.members.get(socket)
    const reply = (status: string, response: object): void =>
      this.send(socket, [joinRef, ref, channel, 'phx_reply', { status, response }])
    if (event === 'heartbeat') return reply('ok', {})
    if (event === 'phx_leave') {
      topics?.delete(topic)
      return reply('ok', {})
    }
    if (event !== 'phx_join') return
    const { config } = payload as { config: { private: boolean } }
    if (!config.private || !this.allowed.has(topic)) {
      this.refused.push(topic)
      return reply('error', { reason: `Unauthorized: You do not have permissions to read from this Channel topic: ${topic}` })
    }
    topics?.set(topic, joinRef)
    reply('ok', { postgres_changes: [] })
  }

  private send(socket: WebSocket, frame: Frame): void {
    socket.send(JSON.stringify(frame))
  }
}
