/** @vitest-environment jsdom */
import { afterEach, describe, expect, test } from 'vitest'
import { contentRange, sendByXhr, storedBytes } from '@/upload/protocol.ts'
import { CHUNK_STEP, type SendEvent, type Outcome, sendFile } from '@/upload/sending.ts'
import { type Fault, ResumableServer } from './resumable_server.ts'

const SIZE = 5 * CHUNK_STEP + 1234
const bytes = Uint8Array.from({ length: SIZE }, (_, at) => (at * 31 + (at >> 8)) & 255)
let server: ResumableServer

afterEach(() => server.stop())

interface Sent {
  outcome: Outcome
  events: SendEvent[]
}

async function send(prepare: (server: ResumableServer) => void, abort = new AbortController()): Promise<Sent> {
  server = new ResumableServer(SIZE)
  prepare(server)
  return sendTo(await server.start(), abort)
}

async function sendTo(url: string, abort = new AbortController()): Promise<Sent> {
  const events: SendEvent[] = []
  const outcome = await sendFile(
    {
      url,
      file: new Blob([bytes]),
      signal: abort.signal,
      send: sendByXhr,
      pause: () => Promise.resolve(),
      now: () => 0,
      random: () => 0,
      firstChunk: CHUNK_STEP,
    },
    (event) => events.push(event),
  )
  return { outcome, events }
}

const isWhole = (): boolean => Buffer.from(bytes).equals(server.stored)

describe('sending', () => {
  test('asks first, then sends in chunks that Google takes', async () => {
    const { outcome } = await send(() => undefined)
    expect(outcome).toEqual({ kind: 'done' })
    expect(isWhole()).toBe(true)
    expect(server.asked[0]).toBe(`bytes */${SIZE}`)
    const ends = server.asked.slice(1, -1).map((range) => Number(/-(\d+)\//.exec(range)?.[1]) + 1)
    expect(ends.length).toBeGreaterThan(1)
    expect(ends.every((end) => end % CHUNK_STEP === 0)).toBe(true)
  })

  test.each<[string, Fault[]]>([
    ['a cut line', ['cut']],
    ['a store that is busy', ['busy', 'busy']],
    ['a line cut in mid-chunk', ['half-cut', 'cut', 'half-cut', 'busy']],
  ])('survives %s and asks where it stands', async (_, faults) => {
    const { outcome, events } = await send((it) => (it.faults = [...faults]))
    expect(outcome).toEqual({ kind: 'done' })
    expect(isWhole()).toBe(true)
    expect(events.filter((event) => event.kind === 'waiting')).toHaveLength(faults.length)
    expect(server.asked.filter((range) => range.startsWith('bytes */')).length).toBe(faults.length + 1)
  })

  test('goes on where another life of the page stopped', async () => {
    const { outcome } = await send((it) => (it.stored = Buffer.from(bytes.subarray(0, 2 * CHUNK_STEP))))
    expect(outcome).toEqual({ kind: 'done' })
    expect(server.asked[1]).toMatch(new RegExp(`^bytes ${2 * CHUNK_STEP}-`))
    expect(isWhole()).toBe(true)
  })

  test('believes a store that has lost bytes', async () => {
    const { outcome } = await send((it) => {
      it.stored = Buffer.from(bytes.subarray(0, 2 * CHUNK_STEP))
      it.forgets = CHUNK_STEP
    })
    expect(outcome).toEqual({ kind: 'done' })
    expect(isWhole()).toBe(true)
  })

  test('a complete object that it did not hear of is no error', async () => {
    const { outcome } = await send((it) => (it.stored = Buffer.from(bytes)))
    expect(outcome).toEqual({ kind: 'done' })
    expect(server.asked).toHaveLength(1)
  })

  test('sends all in one request where the Range header is hidden from pages', async () => {
    const { outcome, events } = await send((it) => (it.exposesRange = false))
    expect(outcome).toEqual({ kind: 'done' })
    expect(events.filter((event) => event.kind === 'range-hidden')).toHaveLength(1)
    expect(server.asked.at(-1)).toBe(contentRange(SIZE, { start: 0, end: SIZE }))
    expect(isWhole()).toBe(true)
  })

  test('an ended session is told, not tried again', async () => {
    const { outcome } = await send((it) => (it.gone = true))
    expect(outcome).toEqual({ kind: 'gone' })
    expect(server.asked).toHaveLength(1)
  })

  test('stops when told to, and a second run completes the same object', async () => {
    const abort = new AbortController()
    server = new ResumableServer(SIZE)
    const url = await server.start()
    const first = sendFile(
      {
        url,
        file: new Blob([bytes]),
        signal: abort.signal,
        send: sendByXhr,
        pause: () => Promise.resolve(),
        now: () => 0,
        random: () => 0,
        firstChunk: CHUNK_STEP,
      },
      (event) => event.kind === 'progress' && event.confirmed >= CHUNK_STEP && abort.abort(),
    )
    expect(await first).toEqual({ kind: 'stopped' })
    const before = server.stored.length
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThan(SIZE)
    expect((await sendTo(url)).outcome).toEqual({ kind: 'done' })
    expect(isWhole()).toBe(true)
  })
})

test.each([
  ['bytes=0-0', 1],
  ['bytes=0-262143', 262144],
  [null, null],
  ['bytes=5-9', null],
  ['nonsense', null],
])('Range %s means %s bytes', (header, stored) => {
  server = new ResumableServer(0)
  expect(storedBytes(header)).toBe(stored)
})
