/** Parts of the page that are loaded later: what a silent server, an update and a broken part do to them. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { loadChunk } from '@/chunks.ts'

const GONE = 'Failed to fetch dynamically imported module: https://page.example/assets/part.js'
let server: Server
let url = ''
const realFetch = fetch

/** The page's own server, which answers HEAD by `status`. */
async function listen(status: number): Promise<void> {
  server = createServer((_, reply) => reply.writeHead(status).end())
  await new Promise<void>((resolve) => server.listen(Number(url.split(':')[2] ?? 0), '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
const close = (): Promise<unknown> => new Promise((resolve) => server.close(resolve))

beforeEach(async () => {
  await listen(200)
  vi.stubGlobal('location', { origin: url })
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => realFetch(new URL(path, url), { ...init, keepalive: false, headers: { connection: 'close' } }))
  vi.stubGlobal('addEventListener', () => undefined)
})

afterEach(async () => {
  vi.unstubAllGlobals()
  await close()
  url = ''
})

test('waits while the server is silent, and comes when it is back', async () => {
  await close()
  let asked = 0
  const loaded = loadChunk(() => {
    asked += 1
    if (asked === 3) void listen(200)
    return asked > 3 ? Promise.resolve('part') : Promise.reject(new TypeError(GONE))
  })
  expect(await loaded).toBe('part')
})

test('a proxy without a server behind it is a silent server', async () => {
  await close()
  await listen(502)
  let asked = 0
  expect(await loadChunk(() => ((asked += 1) > 3 ? Promise.resolve('part') : Promise.reject(new TypeError(GONE))))).toBe('part')
})

test('where the server answers and has no such part, it is asked for twice', async () => {
  const load = vi.fn(() => Promise.reject(new TypeError(GONE)))
  await expect(loadChunk(load)).rejects.toThrow(GONE)
  expect(load).toHaveBeenCalledTimes(2)
})

test('a part that is broken is broken at once', async () => {
  const load = vi.fn(() => Promise.reject(new SyntaxError('Unexpected token')))
  await expect(loadChunk(load)).rejects.toThrow('Unexpected token')
  expect(load).toHaveBeenCalledTimes(1)
})
