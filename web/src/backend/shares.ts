/** Read-only links to a job, and the address of its recording. */
import * as v from 'valibot'
import { Job, type JobRef } from './types.ts'
import { jobUrl, read, send } from './wire.ts'

const optionalText = v.optional(v.nullable(v.string()), null)

const created = {
  share_id: v.string(),
  created_at: v.string(),
  expires_at: optionalText,
  include_media: v.boolean(),
  /** Whether what the text was before its corrections may be read, too. */
  include_history: v.optional(v.boolean(), false),
}
export const NewShare = v.object({ ...created, token: v.string() })
export type NewShare = v.InferOutput<typeof NewShare>

const Share = v.object({ ...created, opened: v.number(), revoked_at: optionalText })
export type Share = v.InferOutput<typeof Share>
const ShareList = v.object({ shares: v.array(Share) })

export const Shared = v.object({
  job: Job,
  share: v.object({ expires_at: optionalText, include_media: v.boolean() }),
})
export type Shared = v.InferOutput<typeof Shared>

const Media = v.object({
  url: v.string(),
  expires_at: optionalText,
  content_type: v.string(),
  size_bytes: v.optional(v.nullable(v.number()), null),
})
export type Media = v.InferOutput<typeof Media>

export interface Shares {
  /** `expiresInS` null: as long as the job lives. The token is shown this once. */
  createShare(ref: JobRef, expiresInS: number | null, include: { media: boolean; history: boolean }): Promise<NewShare>
  shares(ref: JobRef): Promise<Share[]>
  revokeShare(ref: JobRef, shareId: string): Promise<void>
  /** What a share token opens; counts one opening. Rejects with `share_over`. */
  openShare(token: string): Promise<Shared>
  /** A short-lived address that answers range requests. Rejects with `recording_gone`. */
  media(ref: JobRef): Promise<Media>
}

export function sharesOverHttp(base: string): Shares {
  return {
    async createShare(ref, expiresInS, { media, history }) {
      const body = { expires_in_s: expiresInS, include_media: media, include_history: history }
      return read(await send(`${jobUrl(base, ref)}/share`, { ref, body }), NewShare)
    },
    async shares(ref) {
      return (await read(await send(`${jobUrl(base, ref)}/share`, { ref }), ShareList)).shares
    },
    async revokeShare(ref, shareId) {
      await send(`${jobUrl(base, ref)}/share/${encodeURIComponent(shareId)}`, { ref, method: 'DELETE' })
    },
    async openShare(token) {
      return read(await send(`${base}/api/shared`, { ref: { id: '', token } }), Shared)
    },
    async media(ref) {
      return read(await send(`${jobUrl(base, ref)}/media`, { ref, body: {} }), Media)
    },
  }
}
