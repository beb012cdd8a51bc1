/** Parses large answers beside the page, which stays quick meanwhile. */
import type * as v from 'valibot'
import { trustedScript } from '@/trusted_url.ts'
import { BackendError } from './backend.ts'
import { body, read } from './wire.ts'

const LARGE_BYTES = 1_000_000

/** What a parser answers to the bytes of a JSON text. */
export type Parsed = { ok: true; value: unknown } | { ok: false; fault: string }

/** As wire.read. `parserUrl`: a worker that checks against the same schema. */
export async function readLarge<S extends v.GenericSchema>(reply: Response, schema: S, parserUrl: string): Promise<v.InferOutput<S>> {
  if (typeof Worker === 'undefined') return read(reply, schema)
  const bytes = await body(() => reply.arrayBuffer())
  if (bytes.byteLength < LARGE_BYTES) return read(new Response(bytes), schema)
  const parsed = await parseBeside(bytes, parserUrl)
  if (!parsed.ok) throw new BackendError('bad_answer', parsed.fault, false)
  return parsed.value
}

function parseBeside(bytes: ArrayBuffer, parserUrl: string): Promise<Parsed> {
  return new Promise((resolve) => {
    const worker = new Worker(trustedScript(parserUrl), { type: 'module' })
    const end = (parsed: Parsed): void => {
      worker.terminate()
      resolve(parsed)
    }
    worker.onmessage = ({ data }: MessageEvent<Parsed>) => end(data)
    worker.onerror = ({ message }) => end({ ok: false, fault: message })
    worker.postMessage(bytes, [bytes])
  })
}
