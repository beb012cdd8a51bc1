/** Videos with subtitles: POST, GET, DELETE /api/jobs/{id}/videos. Loaded with what shows them. */
import * as v from 'valibot'
import type { JobRef } from './types.ts'
import { jobUrl, read, send } from './wire.ts'

/** `mux`: as a track that players switch on and off. `burn`: drawn into the picture. */
export const KINDS = ['mux', 'burn'] as const
export type Kind = (typeof KINDS)[number]

const Video = v.object({
  copy_id: v.string(),
  kind: v.picklist(KINDS),
  profile: v.string(),
  state: v.picklist(['waiting', 'working', 'completed', 'failed']),
  /** In percent. */
  progress: v.number(),
  filename: v.string(),
  size_bytes: v.nullable(v.number()),
  /** Of a finished one; it holds for hours, not for ever. */
  url: v.nullable(v.string()),
  error_code: v.nullable(v.string()),
  error: v.nullable(v.string()),
})
export type Video = v.InferOutput<typeof Video>

const List = v.object({ videos: v.array(Video) })

export interface VideoWish {
  kind: Kind
  /** Without it the job's own. */
  profile?: string
  /** Of a translation; without it the text itself. */
  language?: string
}

const QUICK = { timeoutMs: 30_000 }

/** The same again is made anew only where the text has changed, or it has failed. */
export async function askForVideo(base: string, ref: JobRef, wish: VideoWish): Promise<Video> {
  return read(await send(`${jobUrl(base, ref)}/videos`, { ref, body: wish, ...QUICK }), Video)
}

/** The oldest first. */
export async function videosOf(base: string, ref: JobRef): Promise<readonly Video[]> {
  return (await read(await send(`${jobUrl(base, ref)}/videos`, { ref, ...QUICK }), List)).videos
}

/** Whoever is making it stops. */
export async function deleteVideo(base: string, ref: JobRef, id: string): Promise<void> {
  await send(`${jobUrl(base, ref)}/videos/${encodeURIComponent(id)}`, { ref, method: 'DELETE', ...QUICK })
}
