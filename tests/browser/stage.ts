/** The built page with a server that says what a script tells it to: for pictures of states that no real run stops in, at a
 *  clock that stands still. The behaviour of the page is tested against real servers; nothing here proves any. */
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { BrowserContext, Request, Route } from 'playwright-core'
import { contentSecurityPolicy, readSecurityHeaders } from '../../web/build-parts/headers.ts'
import { REPOSITORY, SAMPLE } from './edition.ts'

export const NOW = new Date('2026-11-20T14:03:00Z')

const DIST = join(REPOSITORY, 'web', 'dist')
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
}

/** Answers by "METHOD /path", where `*` stands for one part of it, or what makes them. */
export type Script = Record<string, unknown>

/** An answer without a body. */
export class Bare {
  constructor(
    readonly status: number,
    readonly headers: Record<string, string> = {},
  ) {}
}

export class Stage {
  url = ''
  private readonly server: Server = createServer((request, reply) => this.serve(request, reply))
  private readonly headers = readSecurityHeaders()

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
    return this
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  /** Lets a context hear the script instead of an API, with these jobs in its list. */
  async set(context: BrowserContext, script: Script, stored: object[]): Promise<void> {
    await context.clock.setFixedTime(NOW)
    await context.addInitScript((list) => {
      if (location.protocol !== 'about:' && localStorage.getItem('aisubs.jobs.v1') === null) localStorage.setItem('aisubs.jobs.v1', list)
    }, JSON.stringify(stored))
    await context.route(/\/(api|upload)\//, (route) => answer(route, script))
  }

  private serve(request: IncomingMessage, reply: ServerResponse): void {
    const path = new URL(request.url ?? '/', this.url).pathname
    if (path.startsWith('/recording/')) return play(request, reply)
    const file = join(DIST, path)
    const found = path !== '/' && !path.includes('..') && existsSync(file) ? file : join(DIST, 'index.html')
    reply.writeHead(200, {
      ...this.headers.everywhere,
      'Content-Security-Policy': contentSecurityPolicy(this.headers.csp, []),
      'Content-Type': TYPES[extname(found)] ?? 'application/octet-stream',
    })
    createReadStream(found).pipe(reply)
  }
}

async function answer(route: Route, script: Script): Promise<void> {
  const request = route.request()
  const asked = `${request.method()} ${new URL(request.url()).pathname}`
  const known = Object.keys(script).find((pattern) => new RegExp(`^${pattern.replaceAll('*', '[^/]+')}$`).test(asked))
  if (known === undefined) {
    const error = { code: 'not_found', message: `${asked} is not in the script`, retryable: false }
    return route.fulfill({ status: 404, json: { error } })
  }
  const said = script[known]
  const content: unknown = typeof said === 'function' ? (said as (asked: Request) => unknown)(request) : said
  if (content === 'never') return // a question that stays open
  if (content === 'offline') return route.abort('internetdisconnected')
  if (content instanceof Bare) return route.fulfill({ status: content.status, headers: content.headers })
  const failed = typeof content === 'object' && content !== null && 'error' in content
  await route.fulfill({ status: failed ? 410 : 200, json: content })
}

/** The demo's video, whole or in ranges. */
function play(request: IncomingMessage, reply: ServerResponse): void {
  const { size } = statSync(SAMPLE)
  const asked = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '')
  const start = asked ? Number(asked[1]) : 0
  const end = asked?.[2] ? Number(asked[2]) : size - 1
  reply.writeHead(asked ? 206 : 200, {
    'Accept-Ranges': 'bytes',
    'Content-Type': 'video/mp4',
    'Content-Length': end - start + 1,
    ...(asked ? { 'Content-Range': `bytes ${start}-${end}/${size}` } : {}),
  })
  reply.end(readFileSync(SAMPLE).subarray(start, end + 1))
}
