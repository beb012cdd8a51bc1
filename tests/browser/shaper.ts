/** A loopback line between page and server that can stall and break. */
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

export class Shaper {
  url = ''
  /** A connection stalls after so many bytes from the page. */
  limitBytes = Infinity
  /** What a page sees of a store whose CORS settings do not expose the Range header. */
  hidesRange = false
  private readonly sockets = new Set<Socket>()
  private readonly stalled = new Set<() => void>()
  private readonly server: Server
  private port = 0

  constructor(private readonly target: URL) {
    this.server = createServer((client) => this.join(client))
  }

  /** After `stop` it comes back at the same address. */
  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve))
    this.port = (this.server.address() as AddressInfo).port
    this.url = `http://127.0.0.1:${this.port}/`
    return this
  }

  /** Resolves once a connection has reached the limit. */
  async waitForStall(): Promise<void> {
    if (this.stalled.size > 0) return
    await new Promise<void>((resolve) => (this.onStall = resolve))
  }

  /** Break all connections, and let new ones through. */
  cut(): void {
    this.limitBytes = Infinity
    this.stalled.clear()
    for (const socket of this.sockets) socket.resetAndDestroy()
  }

  /** Let the stalled go on. */
  release(): void {
    this.limitBytes = Infinity
    for (const go of this.stalled) go()
    this.stalled.clear()
  }

  async stop(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private onStall: () => void = () => undefined

  private join(client: Socket): void {
    const server = createConnection(Number(this.target.port), this.target.hostname)
    let passed = 0
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        this.sockets.delete(one)
        other.destroy()
      })
    }
    client.on('data', (part) => {
      passed += part.length
      if (!server.write(part)) {
        client.pause()
        server.once('drain', () => client.resume())
      }
      if (passed < this.limitBytes) return
      client.pause()
      server.removeAllListeners('drain')
      this.stalled.add(() => client.resume())
      this.onStall()
    })
    server.on('data', (part) => {
      // A name of the same length, so that the rest of the answer stays where it is.
      const shown = this.hidesRange ? Buffer.from(part.toString('latin1').replace(/\r\nrange: bytes=/i, '\r\nx-rng: bytes='), 'latin1') : part
      if (client.write(shown)) return
      server.pause()
      client.once('drain', () => server.resume())
    })
  }
}
