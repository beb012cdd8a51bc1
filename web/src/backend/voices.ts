/** Names across recordings: whose voices the owner wants remembered, and whom those of a job resemble. No answer holds a voice. */
import * as v from 'valibot'
import type { JobRef } from './types.ts'
import { jobUrl, read, send } from './wire.ts'

const VoiceList = v.object({
  enabled: v.boolean(),
  voices: v.array(v.object({ voice_id: v.string(), name: v.string(), recordings: v.number(), heard_ms: v.number() })),
})
export type VoiceList = v.InferOutput<typeof VoiceList>

/** The speaker of this label resembles somebody; to accept is to give the speaker that name. */
const Suggestion = v.object({ speaker: v.string(), suggested_name: v.string(), similarity: v.number() })
export type Suggestion = v.InferOutput<typeof Suggestion>
const Suggestions = v.object({ suggestions: v.array(Suggestion) })

/** `token`: a session of the machine's owner, or a library key. */
export interface Voices {
  known(token: string): Promise<VoiceList>
  /** Off deletes all that is kept, at once. */
  remember(token: string, enabled: boolean): Promise<VoiceList>
  forget(token: string, voiceId: string): Promise<void>
  suggested(ref: JobRef): Promise<Suggestion[]>
  /** It is somebody else. */
  decline(ref: JobRef, speaker: string): Promise<void>
}

const QUICK = { timeoutMs: 30_000 }

export function voicesOverHttp(base: string): Voices {
  const url = `${base}/api/voices`
  const by = (token: string): { ref: JobRef } => ({ ref: { id: '', token } })
  return {
    async known(token) {
      return read(await send(url, { ...by(token), ...QUICK }), VoiceList)
    },
    async remember(token, enabled) {
      return read(await send(url, { ...by(token), method: 'PUT', body: { enabled }, ...QUICK }), VoiceList)
    },
    async forget(token, voiceId) {
      await send(`${url}/${encodeURIComponent(voiceId)}`, { ...by(token), method: 'DELETE', ...QUICK })
    },
    async suggested(ref) {
      return (await read(await send(`${jobUrl(base, ref)}/voices`, { ref, ...QUICK }), Suggestions)).suggestions
    },
    async decline(ref, speaker) {
      await send(`${jobUrl(base, ref)}/voices/decline`, { ref, body: { speaker }, ...QUICK })
    },
  }
}
