/** A server of another origin on this machine, for one test file: somebody else's site, as far as the page knows. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export class Loopback {
  origin = ''
  private readonly server: Server

  constructor(answer: (request: IncomingMessage, reply: ServerResponse) => void | Promise<void>) {
    this.server = createServer((request, reply) => {
      Promise.resolve(answer(request, reply)).catch((fault: unknown) => {
        reply.writeHead(500, { 'Content-Type': 'text/plain' }).end(String(fault))
      })
    })
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    this.origin = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
    return this
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

/** A page without anything of its own; `body` is HTML. */
export function html(reply: ServerResponse, title: string, body: string): void {
  reply
    .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
    .end(`<!doctype html><html lang="en"><title>${title}</title><main><h1>${title}</h1>${body}</main></html>`)
}
