/** Both live sources against servers that speak as theirs do, and hints that come as they please. */
import { type WebSocket as Line, WebSocket, WebSocketServer } from 'ws'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Hint, type LiveSource, openLive, waitBeforeTry } from '@/backend/live.ts'
import { SupabaseSource } from '@/backend/supabase.ts'
import { WebSocketSource } from '@/backend/websocket.ts'
import { RealtimeServer } from './realtime_server.ts'

beforeAll(() => vi.stubGlobal('WebSocket', WebSocket)) // Node 20 has none of its own
afterAll(() => vi.unstubAllGlobals())

const hint = (version: number, status = 'processing'): Hint => ({ job_id: 'a', version, status, stage: null, progress: null })

/** What a source tells, and a way to wait for more of it. */
class Told {
  readonly hints: Hint[] = []
  readies = 0
  losses = 0
  readonly listener = {
    hint: (one: Hint) => void this.hints.push(one),
    ready: () => void (this.readies += 1),
    lost: () => void (this.losses += 1),
  }

  async until(what: () => boolean): Promise<void> {
    await vi.waitUntil(what, { timeout: 20_000, interval: 10 })
  }
}

describe('Supabase Realtime', () => {
  let server: RealtimeServer
  let told: Told
  let source: SupabaseSource
  beforeEach(async () => {
    server = await new RealtimeServer().start()
    told = new Told()
    for (const topic of ['job:one', 'job:two']) server.allowed.add(topic)
    source = new SupabaseSource({ url: server.url, key: 'sb_publishable_of_the_test' }, told.listener)
  })
  afterEach(async () => {
    source.close()
    await server.stop()
  })

  test('hints of watched topics arrive, once all of them are joined', async () => {
    source.watch(['job:one', 'job:two'])
    await told.until(() => told.readies > 0)
    expect(server.joined().sort()).toEqual(['job:one', 'job:two'])
    server.say('job:one', hint(2))
    server.say('job:two', hint(3))
    await told.until(() => told.hints.length === 2)
    expect(told.hints.map(({ version }) => version)).toEqual([2, 3])
  })

  test('who watches no more hears no more', async () => {
    source.watch(['job:one', 'job:two'])
    await told.until(() => told.readies > 0)
    source.watch(['job:two'])
    await told.until(() => server.joined().length === 1)
    server.say('job:one', hint(2))
    server.say('job:two', hint(3))
    await told.until(() => told.hints.length > 0)
    expect(told.hints).toMatchObject([{ version: 3 }])
  })

  test('a line that breaks is told and joined again', async () => {
    source.watch(['job:one'])
    await told.until(() => told.readies === 1)
    server.cut()
    await told.until(() => told.losses > 0 && told.readies === 2)
    server.say('job:one', hint(4))
    await told.until(() => told.hints.length === 1)
  })

  test('a topic that is refused is asked for once, and keeps nobody waiting for the others', async () => {
    source.watch(['job:gone', 'job:one'])
    await told.until(() => told.readies > 0)
    source.watch(['job:gone', 'job:one', 'job:two'])
    await told.until(() => server.joined().length === 2)
    expect(server.refused).toEqual(['job:gone'])
  })

  test('what is no hint is none', async () => {
    source.watch(['job:one'])
    await told.until(() => told.readies > 0)
    server.say('job:one', { job_id: 7 })
    server.say('job:one', hint(5, 'deleted'))
    await told.until(() => told.hints.length > 0)
    expect(told.hints).toMatchObject([{ version: 5, status: 'deleted' }])
  })
})

describe('the WebSocket of the local edition', () => {
  let server: WebSocketServer
  let told: Told
  let source: LiveSource
  let lines: Line[]
  let asked: string[][]
  beforeEach(async () => {
    lines = []
    asked = []
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    if (!server.address()) await new Promise((resolve) => server.once('listening', resolve))
    server.on('connection', (line) => {
      lines.push(line)
      line.on('message', (data) => {
        asked.push((JSON.parse(data.toString()) as { watch: string[] }).watch)
        line.send('{"type": "ready"}')
      })
    })
    told = new Told()
    source = new WebSocketSource(`ws://127.0.0.1:${server.address()?.port ?? 0}/api/live`, told.listener)
  })
  afterEach(async () => {
    source.close()
    for (const line of lines) line.terminate()
    await new Promise((resolve) => server.close(resolve))
  })

  test('without topics there is no line, and with the first there is', async () => {
    source.watch([])
    source.watch(['job:one'])
    await told.until(() => told.readies === 1)
    source.watch(['job:one'])
    source.watch(['job:one', 'job:two'])
    await told.until(() => told.readies === 2)
    expect(asked).toEqual([['job:one'], ['job:one', 'job:two']])
    expect(lines).toHaveLength(1)
  })

  test('a line that breaks is told, and made again with the same topics', async () => {
    source.watch(['job:one'])
    await told.until(() => told.readies === 1)
    lines[0]?.terminate()
    await told.until(() => told.readies === 2)
    expect(told.losses).toBe(1)
    expect(asked).toEqual([['job:one'], ['job:one']])
  })

  test('messages of a newer server, and broken ones, are passed over', async () => {
    source.watch(['job:one'])
    await told.until(() => told.readies === 1)
    for (const text of ['{', '{"type":"weather"}', '{"type":"job"}', JSON.stringify({ type: 'job', ...hint(9) })]) lines[0]?.send(text)
    await told.until(() => told.hints.length === 1)
    expect(told.hints[0]?.version).toBe(9)
  })

  test('more topics than the server takes are not asked for', async () => {
    source.watch(Array.from({ length: 600 }, (_, at) => `job:${at}`))
    await told.until(() => told.readies === 1)
    expect(asked[0]).toHaveLength(500)
  })
})

test('only the project that the build names is talked to', async () => {
  const told = new Told()
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  const kind = { kind: 'supabase', url: 'https://other.supabase.co', key: 'k' } as const
  expect(await openLive(kind, { base: '', supabaseOrigin: 'https://mine.supabase.co' }, told.listener)).toBeNull()
  expect(warn.mock.calls[0]?.[0]).toContain('VITE_SUPABASE_URL=https://other.supabase.co')
  warn.mockRestore()
})

test('tries grow apart, and no two pages try at once', () => {
  const waits = [0, 3, 20].map((attempt) => Array.from({ length: 50 }, () => waitBeforeTry(attempt)))
  for (const some of waits) expect(new Set(some).size).toBeGreaterThan(40)
  expect(Math.min(...(waits[1] ?? []))).toBeGreaterThan(Math.max(...(waits[0] ?? [])))
  expect(Math.max(...(waits[2] ?? []))).toBeLessThanOrEqual(30_000)
})
