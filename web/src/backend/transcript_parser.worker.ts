import * as v from 'valibot'
import type { Parsed } from './large_answer.ts'
import { TranscriptBody } from './transcript_body.ts'

addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => postMessage(parsed(data)))

function parsed(bytes: ArrayBuffer): Parsed {
  try {
    const checked = v.safeParse(TranscriptBody, JSON.parse(new TextDecoder().decode(bytes)))
    return checked.success ? { ok: true, value: checked.output } : { ok: false, fault: v.summarize(checked.issues) }
  } catch (fault) {
    return { ok: false, fault: String(fault) }
  }
}
