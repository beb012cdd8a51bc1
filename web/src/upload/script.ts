/** A text that is there already: from a file's bytes, and as a choice about an upload. */
import type { Wish } from './task.ts'

export interface Script {
  /** The file's, or what stands for what was pasted. */
  name: string
  text: string
}

/** As the server takes them (aisubs/http/bodies.py). */
export const MOST_LETTERS = 900_000
/** Of a file, whatever it is written in. */
const MOST_BYTES = 4 << 20

/** By its byte order mark, else UTF-8, else as Windows wrote texts in Western Europe. Null of what is no text. */
export async function textOf(file: Blob): Promise<string | null> {
  if (file.size > MOST_BYTES) return null
  const bytes = new Uint8Array(await file.arrayBuffer())
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null
  const text = wide ? decoded(bytes, wide) : (decoded(bytes, 'utf-8') ?? decoded(bytes, 'windows-1252'))
  return text?.includes('\0') ? null : text
}

function decoded(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** The same wish for a recording whose text is known. What contradicts that, the server would refuse: nothing is translated, and
 *  one track is heard, with its channels together. */
export function withScript({ options, whole }: Wish, { text }: Script): Wish {
  const each = options.audio_track === 'each'
  const channels = options.channels === 'dialogue' ? null : options.channels
  return { options: { ...options, script: text, task: 'transcribe', channels, audio_track: each ? null : options.audio_track }, whole }
}
