/** Who keeps the list true, against a server that takes its time. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, test, vi } from 'vitest'
import { httpBackend } from '@/backend/http.ts'
import { Healer, type LiveNews } from '@/jobs/heal.ts'
import { JobStore } from '@/jobs/store.ts'
import { SmallStorage } from './small_storage.ts'

const none = (): (() => void) => () => undefined
/** Hints come, so that nobody is asked every few seconds. */
const LIVE: LiveNews = { isLive: true, isLeader: true, onHint: none, onReady: none, subscribe: none, watch: none, check: none }

afterEach(() => vi.unstubAllGlobals())

test('the list that is wished for while it is on its way is asked for once more', async () => {
  const held: ServerResponse[] = []
  const server = createServer((request, reply) => {
    if (request.method === 'POST') held.push(reply.setHeader('Content-Type', 'application/json'))
    else reply.writeHead(304).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  vi.stubGlobal('document', { visibilityState: 'visible', addEventListener: none, removeEventListener: none })
  vi.stubGlobal('addEventListener', none)
  vi.stubGlobal('removeEventListener', none)
  const store = new JobStore(new SmallStorage())
  store.add({ id: 'a', token: 'token-a' })
  const healer = new Healer(httpBackend(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), store, LIVE)
  const stop = healer.start()
  await vi.waitUntil(() => held.length === 1)
  healer.soon(true) // the page is back from sleep: that answer may be from before
  held[0]?.end(JSON.stringify({ jobs: [], gone: [] }))
  await vi.waitUntil(() => held.length === 2, { timeout: 4_000 })
  held[1]?.end(JSON.stringify({ jobs: [], gone: [] }))
  stop()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})
