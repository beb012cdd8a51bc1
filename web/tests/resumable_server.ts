/** A store that speaks the resumable protocol, with faults on order. Loopback and a free port. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Fault = 'cut' | 'busy' | 'half-cut'

export class ResumableServer {
  stored = Buffer.alloc(0)
  /** Content-Range of every request, in order. */
  readonly asked: string[] = []
  /** Taken one by one by requests that carry bytes. */
  faults: Fault[] = []
  exposesRange = true
  gone = false
  /** Bytes that a restart of the store has lost once. */
  forgets = 0
  private readonly server: Server

  constructor(readonly total: number) {
    this.server = createServer((request, response) => void this.answer(request, response))
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/session`
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Access-Control-Allow-Methods', 'PUT')
    response.setHeader('Access-Control-Allow-Headers', 'Content-Range')
    if (this.exposesRange) response.setHeader('Access-Control-Expose-Headers', 'Range, Retry-After')
    if (request.method === 'OPTIONS') return void response.writeHead(204).end()
    const range = request.headers['content-range'] ?? ''
    this.asked.push(range)
    const start = /bytes (\d+)-/.exec(range)?.[1]
    const fault = start === undefined ? undefined : this.faults.shift()
    if (fault === 'cut') return void request.socket.destroy()
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    if (fault === 'busy') return void response.writeHead(503, { 'Retry-After': '0' }).end()
    if (this.gone) return void response.writeHead(404).end()
    const body = Buffer.concat(parts)
    if (start !== undefined && Number(start) <= this.stored.length) {
      const kept = fault === 'half-cut' ? body.subarray(0, body.length / 2) : body
      this.stored = Buffer.concat([this.stored.subarray(0, Number(start)), kept])
      if (fault === 'half-cut') return void request.socket.destroy()
    }
    this.stored = this.stored.subarray(0, this.stored.length - this.forgets)
    this.forgets = 0
    if (this.stored.length === this.total) return void response.writeHead(200).end('{}')
    if (this.stored.length > 0) response.setHeader('Range', `bytes=0-${this.stored.length - 1}`)
    response.writeHead(308).end()
  }
}
