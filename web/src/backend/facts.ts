/** What the server is and may do, and what a recording would take: GET /api/config, POST /api/estimate. */
import * as v from 'valibot'
import { read, send } from './wire.ts'

const optionalNumber = v.optional(v.nullable(v.number()), null)
const optionalText = v.optional(v.nullable(v.string()), null)

const Live = v.variant('kind', [
  v.object({ kind: v.literal('websocket') }),
  v.object({ kind: v.literal('supabase'), url: v.string(), key: v.string() }),
  v.object({ kind: v.literal('none') }),
])
export type LiveKind = v.InferOutput<typeof Live>

export const ServerConfig = v.object({
  edition: v.picklist(['local', 'cloud']),
  version: v.string(),
  limits: v.object({
    max_upload_bytes: v.number(),
    max_duration_ms: v.number(),
    queue_capacity: v.number(),
    concurrency: v.number(),
  }),
  retention_hours: v.number(),
  cancel_running: v.boolean(),
  model: v.string(),
  /** What may be chosen, the default first. */
  models: v.array(v.string()),
  languages: v.array(v.string()),
  translate: v.boolean(),
  diarize: v.boolean(),
  profiles: v.record(v.string(), v.string()),
  live: Live,
  push: v.nullable(v.object({ key: v.string() })),
  currency: optionalText,
})
export type ServerConfig = v.InferOutput<typeof ServerConfig>

export const Estimate = v.object({
  /** In the order of the question. Null where nothing is known. */
  files: v.array(v.object({ processing_s: optionalNumber, cost: optionalNumber })),
  wait_s: optionalNumber,
  currency: optionalText,
})
export type Estimate = v.InferOutput<typeof Estimate>

export interface Facts {
  config(): Promise<ServerConfig>
  /** At most 100 durations. `model`: one of ServerConfig.models, or null for the default. */
  estimate(durationsMs: readonly number[], model: string | null): Promise<Estimate>
}

export function factsOverHttp(base: string): Facts {
  return {
    async config() {
      return read(await send(`${base}/api/config`, {}), ServerConfig)
    },
    async estimate(durationsMs, model) {
      const body = { durations_ms: durationsMs, ...(model === null ? {} : { model }) }
      return read(await send(`${base}/api/estimate`, { body }), Estimate)
    },
  }
}
