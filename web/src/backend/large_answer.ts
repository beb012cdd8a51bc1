/** Parses large answers beside the page, which stays quick meanwhile. */
import * as v from 'valibot'
import { BackendError } from './backend.ts'
import parserUrl from './parser.worker.ts?worker&url'
import { body, read } from './wire.ts'

const LARGE_BYTES = 1_000_000

/** What a parser answers. */
export type Parsed = { ok: true; value: unknown } | { ok: false; fault: string }

/** As wire.read, for the transcripts of hours. */
export async function readTranscript<S extends v.GenericSchema>(reply: Response, schema: S): Promise<v.InferOutput<S>> {
  const size = Number(reply.headers.get('content-length') ?? Number.NaN)
  const packed = reply.headers.get('content-encoding') !== null
  // The length of a packed answer says little: then it is looked at when it is there.
  if (typeof Worker === 'undefined' || (!packed && size < LARGE_BYTES)) return read(reply, schema)
  const bytes = await body(() => reply.arrayBuffer())
  if (bytes.byteLength < LARGE_BYTES) return read(new Response(bytes), schema)
  const parsed = await parseElsewhere(bytes)
  if (!parsed.ok) throw new BackendError('unreadable', parsed.fault, false)
  return parsed.value as v.InferOutput<S>
}

function parseElsewhere(bytes: ArrayBuffer): Promise<Parsed> {
  return new Promise((resolve) => {
    const worker = new Worker(trusted(parserUrl), { type: 'module' })
    const end = (parsed: Parsed): void => {
      worker.terminate()
      resolve(parsed)
    }
    worker.onmessage = ({ data }: MessageEvent<Parsed>) => end(data)
    worker.onerror = ({ message }) => end({ ok: false, fault: message })
    worker.postMessage(bytes, [bytes])
  })
}
