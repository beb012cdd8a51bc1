/** @vitest-environment jsdom */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { sendParts } from '@/upload/parts.ts'
import type { SendEvent, Outcome } from '@/upload/sending.ts'
import { type CompletionFault, MultipartServer, type PartFault } from './multipart_server.ts'

const PART = 100_000
const SIZE = 4 * PART + 1234
const bytes = Uint8Array.from({ length: SIZE }, (_, at) => (at * 31 + (at >> 8)) & 255)
let server: MultipartServer

afterEach(() => server.stop())

interface Sent {
  outcome: Outcome
  events: SendEvent[]
  /** What would be known after a reload. */
  kept: string[][]
}

async function send(prepare: (server: MultipartServer) => void = () => undefined): Promise<Sent> {
  server = new MultipartServer(SIZE, PART)
  prepare(server)
  return sendTo([], new AbortController())
}

async function sendTo(etags: string[], abort: AbortController, stopAfter = Infinity): Promise<Sent> {
  const events: SendEvent[] = []
  const kept: string[][] = []
  const outcome = await sendParts(
    {
      parts: await server.start(),
      etags,
      keep: (all) => {
        kept.push(all)
        if (kept.length >= stopAfter) abort.abort()
        return Promise.resolve()
      },
      file: new Blob([bytes]),
      signal: abort.signal,
      pause: () => Promise.resolve(),
      now: () => 0,
      random: () => 0,
    },
    (event) => events.push(event),
  )
  return { outcome, events, kept }
}

const isWhole = (): boolean => server.object !== null && Buffer.from(bytes).equals(server.object)
const waits = (events: SendEvent[]): number => events.filter((event) => event.kind === 'waiting').length

describe('an upload in parts', () => {
  test('sends each once and puts them together', async () => {
    const { outcome, events } = await send()
    expect(outcome).toEqual({ kind: 'done' })
    expect(isWhole()).toBe(true)
    expect(server.sent).toEqual([1, 2, 3, 4, 5])
    const confirmed = events.flatMap((event) => (event.kind === 'progress' && event.inFlight === 0 ? [event.confirmed] : []))
    expect(confirmed).toEqual([0, PART, 2 * PART, 3 * PART, 4 * PART, SIZE])
  })

  test.each<[string, PartFault[]]>([
    ['a cut line', ['cut']],
    ['a store that is busy', ['busy', 'busy', 'cut']],
  ])('sends a part again after %s', async (_, faults) => {
    const { outcome, events } = await send((it) => (it.partFaults = [...faults]))
    expect(outcome).toEqual({ kind: 'done' })
    expect(isWhole()).toBe(true)
    expect(server.sent).toEqual([...faults.map(() => 1), 1, 2, 3, 4, 5])
    expect(waits(events)).toBe(faults.length)
  })

  test.each<[string, CompletionFault[]]>([
    ['busy', ['busy']],
    ['said yes and then no', ['late error']],
    ['heard of no more', ['lost answer']],
  ])('completes an upload whose completion was %s', async (_, faults) => {
    const { outcome } = await send((it) => (it.completionFaults = [...faults]))
    expect(outcome).toEqual({ kind: 'done' })
    expect(server.completions).toBe(faults.length + 1)
    expect(isWhole()).toBe(true)
  })

  test('goes on after a reload with the parts that are missing', async () => {
    server = new MultipartServer(SIZE, PART)
    const first = await sendTo([], new AbortController(), 2)
    expect(first.outcome).toEqual({ kind: 'stopped' })
    const parts = new Map(server.parts)
    await server.stop()
    server = new MultipartServer(SIZE, PART)
    for (const [number, body] of parts) server.parts.set(number, body)
    const second = await sendTo(first.kept.at(-1) ?? [], new AbortController())
    expect(second.outcome).toEqual({ kind: 'done' })
    expect(server.sent).toEqual([3, 4, 5])
    expect(isWhole()).toBe(true)
    expect(second.events[0]).toEqual({ kind: 'progress', confirmed: 2 * PART, inFlight: 0 })
  })

  test('a part that came although its answer was lost is sent twice, and that does no harm', async () => {
    const { outcome } = await send((it) => it.parts.set(1, Buffer.from(bytes.subarray(0, PART))))
    expect(outcome).toEqual({ kind: 'done' })
    expect(isWhole()).toBe(true)
  })

  test('tells when its time is over', async () => {
    expect((await send((it) => (it.gone = true))).outcome).toEqual({ kind: 'gone' })
    expect(server.sent).toEqual([])
  })

  test('says so when the bucket hides the ETags, and does not send all in vain', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const { outcome } = await send((it) => (it.exposesETag = false))
    expect(outcome).toMatchObject({ kind: 'refused', code: 'upload_refused' })
    expect(server.sent).toEqual([1])
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('ETag'))
    warned.mockRestore()
  })
})
