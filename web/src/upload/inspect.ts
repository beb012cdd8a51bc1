/** What can be told about a file before a byte of it is sent. What cannot, the server tells. */
export type Rejection = 'empty_file' | 'not_media' | 'too_big' | 'too_long'

export interface Limits {
  maxBytes: number
  maxDurationMs: number
}

export interface Inspection {
  rejection: Rejection | null
  /** Null where this browser cannot play it; the server may well read it. */
  durationMs: number | null
}

const HEAD_BYTES = 4096
const VIDEO = /\.(mp4|m4v|mov|mkv|webm|avi|wmv|asf|flv|mpe?g|vob|m?ts|m2ts|3gp|ogv)$/i
const LOOK_MS = 4_000
const NEVER = /\.(txt|md|pdf|docx?|xlsx?|pptx?|zip|rar|7z|gz|tar|html?|css|jsx?|tsx?|json|xml|csv|srt|vtt|exe|dmg|jpe?g|png|gif|webp|svg|heic)$/i

/** `limits`: the server's, null while they are not known. `canExtract`: only the sound of a video will be sent. */
export async function inspect(file: File, limits: Limits | null, canExtract: boolean): Promise<Inspection> {
  if (file.size === 0) return { rejection: 'empty_file', durationMs: null }
  if (NEVER.test(file.name) || (await isText(file))) return { rejection: 'not_media', durationMs: null }
  const durationMs = await duration(file)
  const tooLong = limits !== null && durationMs !== null && durationMs > limits.maxDurationMs
  // Of a video that can be read, the sound alone may well be small enough.
  const mayShrink = canExtract && isVideo(file) && durationMs !== null
  const tooBig = limits !== null && file.size > limits.maxBytes && !mayShrink
  return { rejection: tooLong ? 'too_long' : tooBig ? 'too_big' : null, durationMs }
}

/** By its name and type; what it holds is told by whoever opens it. */
export const isVideo = (file: Pick<File, 'name' | 'type'>): boolean => file.type.startsWith('video/') || VIDEO.test(file.name)

/** A text under the name of a recording: no container begins with a whole block of printable characters. */
async function isText(file: File): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer())
  return head.every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13)
}

async function duration(file: File): Promise<number | null> {
  const element = document.createElement(file.type.startsWith('audio/') ? 'audio' : 'video')
  const url = URL.createObjectURL(file)
  try {
    return await new Promise((resolve) => {
      setTimeout(() => resolve(null), LOOK_MS)
      element.onerror = () => resolve(null)
      element.onloadedmetadata = () =>
        resolve(Number.isFinite(element.duration) ? Math.round(element.duration * 1000) : null)
      element.preload = 'metadata'
      element.src = url
    })
  } finally {
    element.removeAttribute('src')
    URL.revokeObjectURL(url)
  }
}
