/** How loud a recording is, for drawing it. Loaded with what draws it. */
import type { JobRef } from './types.ts'
import { body, jobUrl, send } from './wire.ts'

/** A byte for every 16 ms, 255 times the root of the peak; null: older versions of the server did not keep that. */
export async function peaks(base: string, ref: JobRef): Promise<Uint8Array<ArrayBuffer> | null> {
  const reply = await send(`${jobUrl(base, ref)}/peaks`, { ref })
  return reply.status === 204 ? null : new Uint8Array(await body(() => reply.arrayBuffer()))
}
