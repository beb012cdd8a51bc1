import { createServer, type IncomingMessage, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { voicesOverHttp } from '@/backend/voices.ts'

const KNOWN = { enabled: true, voices: [{ voice_id: 'v 1', name: 'Anna', recordings: 2, heard_ms: 90_000, heard_at: '2026-11-30' }] }
const SUGGESTED = { suggestions: [{ speaker: 'Speaker 2', suggested_name: 'Anna', similarity: 0.83 }] }

let server: Server
let base = ''
const asked: string[] = []

const answer = (request: IncomingMessage): object | null => {
  if (request.url === '/api/voices') return KNOWN
  return request.url === '/api/jobs/j1/voices' ? SUGGESTED : null
}

beforeAll(async () => {
  server = createServer((request, reply) => {
    void text(request).then((body) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization} ${body}`.trim())
      const found = answer(request)
      reply.writeHead(found ? 200 : 204, { 'Content-Type': 'application/json' })
      reply.end(found ? JSON.stringify(found) : undefined)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
beforeEach(() => void (asked.length = 0))
afterAll(() => void server.close())

test('the owner is asked by the owner’s token, and the job by its own', async () => {
  const voices = voicesOverHttp(base)
  const ref = { id: 'j1', token: 'job' }
  expect((await voices.known('own_x')).voices[0]?.name).toBe('Anna')
  expect((await voices.remember('own_x', false)).enabled).toBe(true)
  await voices.forget('own_x', 'v 1')
  expect(await voices.suggested(ref)).toEqual(SUGGESTED.suggestions)
  await voices.decline(ref, 'Speaker 2')
  expect(asked).toEqual([
    'GET /api/voices Bearer own_x',
    'PUT /api/voices Bearer own_x {"enabled":false}',
    'DELETE /api/voices/v%201 Bearer own_x',
    'GET /api/jobs/j1/voices Bearer job',
    'POST /api/jobs/j1/voices/decline Bearer job {"speaker":"Speaker 2"}',
  ])
})
