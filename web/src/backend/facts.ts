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

const SignInWays = v.object({
  /** By the link that `aisubs up` prints, as the owner of everything on the machine. */
  link: v.boolean(),
  /** Whether people who have not signed in may send recordings. */
  anonymous: v.boolean(),
  /** An OpenID Connect issuer. Without an authorization endpoint it does not answer the server. */
  oidc: v.nullable(
    v.object({ name: v.string(), authorization_endpoint: optionalText, client_id: v.string(), scope: v.string(), end_session_endpoint: optionalText }),
  ),
  /** Supabase Auth, by these of its ways. */
  supabase: v.nullable(v.object({ url: v.string(), key: v.string(), providers: v.array(v.string()) })),
})
export type SignInWays = v.InferOutput<typeof SignInWays>

export const ServerConfig = v.object({
  edition: v.picklist(['local', 'cloud']),
  version: v.string(),
  limits: v.object({
    max_upload_bytes: v.number(),
    max_duration_ms: v.number(),
    queue_capacity: v.number(),
    concurrency: v.number(),
  }),
  /** `alive_every_s`: while bytes go to a store that is not the server's own, it wants to hear so; null: never. */
  upload: v.optional(v.object({ alive_every_s: optionalNumber }), { alive_every_s: null }),
  retention_hours: v.number(),
  cancel_running: v.boolean(),
  model: v.string(),
  /** The default model is made for tests: what it writes is no transcript. */
  toy: v.optional(v.boolean(), false),
  /** False while the server has no speech model; then nothing can be submitted. */
  has_model: v.optional(v.boolean(), true),
  /** What may be chosen, the default first. */
  models: v.array(v.string()),
  /** Whom the server asks about what stays in doubt where nothing is chosen ("": nobody), and who else may be asked. */
  second_opinion: v.optional(v.string(), ''),
  second_opinions: v.optional(v.array(v.string()), []),
  languages: v.array(v.string()),
  translate: v.boolean(),
  /** Whether speakers can be told apart, and whether they are where nothing is chosen. */
  diarize: v.boolean(),
  diarize_usual: v.optional(v.boolean(), false),
  /** What texts are translated with, and the host that they are sent to for it (null: none); null: nothing translates here. */
  translator: v.optional(v.nullable(v.object({ model: v.string(), sent_to: v.nullable(v.string()) })), null),
  profiles: v.record(v.string(), v.string()),
  live: Live,
  push: v.nullable(v.object({ key: v.string() })),
  /** Of a worker, in `currency`; null: no costs are shown. */
  price_per_hour: optionalNumber,
  currency: optionalText,
  sign_in: v.optional(SignInWays, { link: false, anonymous: true, oidc: null, supabase: null }),
  /** Whether jobs can be exempt from deletion. */
  keep: v.optional(v.boolean(), false),
  /** What videos with subtitles it makes. */
  videos: v.optional(v.array(v.string()), []),
  /** What links for others begin with; `machine`: only this very machine opens them. Null: the address of this page. */
  share: v.optional(v.nullable(v.object({ base_url: v.nullable(v.string()), reach: v.picklist(['network', 'machine']) })), null),
})
export type ServerConfig = v.InferOutput<typeof ServerConfig>

export const Estimate = v.object({
  /** In the order of the question. Null where nothing is known. */
  files: v.array(v.object({ processing_s: optionalNumber, cost: optionalNumber })),
  wait_s: optionalNumber,
  /** What runs meanwhile on the same machine, each with the seconds that it still takes; null where each has its own. */
  beside_s: v.optional(v.nullable(v.array(v.number())), null),
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
