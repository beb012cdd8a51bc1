/** FFmpeg, for the videos that mediabunny cannot read. It copies packets, too, and nothing is decoded.
 *
 *  @ffmpeg/core is used without @ffmpeg/ffmpeg, whose own worker is started from an address that Trusted Types refuse and
 *  which would hold the result in memory. Here the recording is read in place (WORKERFS) and the sound is written straight
 *  to its file, so neither has to fit into the memory of a page. */
import type { Core, CreateCore } from '@ffmpeg/core'
import coreUrl from '@ffmpeg/core?url'
import wasmUrl from '@ffmpeg/core/wasm?url'
import { type Draft, openDraft } from './draft.ts'
import type { Extracted, Extraction } from './extract.worker.ts'
import { reasonOf, Refusal } from './refusal.ts'
import type { Answer } from './worker_task.ts'

const DEVICE = 64 // any number above those of Emscripten's own devices
const SEEK_CURRENT = 1
const SEEK_END = 2

addEventListener('message', ({ data }: MessageEvent<Extraction>) => {
  extract(data).then(
    (result) => answer({ kind: 'done', result }),
    (fault: unknown) => answer({ kind: 'failed', reason: reasonOf(fault) }),
  )
})

async function extract({ file, target }: Extraction): Promise<Extracted> {
  const reply = await fetch(wasmUrl)
  if (!reply.ok) throw new Error(`FFmpeg could not be loaded: HTTP ${reply.status}`)
  // A file of its own, as its authors made it: it is theirs, under another license than the rest of the page.
  const { default: createCore } = (await import(/* @vite-ignore */ coreUrl)) as { default: CreateCore }
  const core = await createCore({ wasmBinary: await reply.arrayBuffer() })
  const draft = await openDraft(target)
  try {
    core.FS.mkdir('/in')
    core.FS.mount(core.FS.filesystems.WORKERFS, { blobs: [{ name: 'recording', data: file }] }, '/in')
    const written = writeTo(draft, core)
    core.setProgress(({ progress }) => {
      if (progress > 0 && progress <= 1) answer({ kind: 'progress', share: progress, bytes: written() })
    })
    const all = ['-i', '/in/recording', '-map', '0:a', '-c:a', 'copy']
    // Bit-exact: no name of the program and no random ids in the file, so equal recordings give equal sound.
    const result = ['-map_metadata', '-1', '-fflags', '+bitexact', '-f', 'matroska', '/sound']
    const code = core.exec(...all, ...result)
    const size = draft.check()
    if (code !== 0 || written() === 0) throw new Refusal('unreadable')
    return { size, type: 'audio/x-matroska' }
  } finally {
    await draft.close()
  }
}

/** Makes /sound of the draft. Returns how many bytes it has by now. */
function writeTo(draft: Draft, { FS }: Core): () => number {
  let size = 0
  const device = FS.makedev(DEVICE, 0)
  FS.registerDevice(device, {
    write(_stream, buffer, offset, length, position) {
      // Memory of the program moves when it grows: what is written has to be a copy.
      void draft.write(new Uint8Array(buffer.slice(offset, offset + length)), position)
      size = Math.max(size, position + length)
      return length
    },
    llseek(stream, offset, whence) {
      const from = whence === SEEK_CURRENT ? stream.position : whence === SEEK_END ? size : 0
      return from + offset
    },
  })
  FS.mkdev('/sound', device)
  return () => size
}

const answer = (message: Answer<Extracted>): void => postMessage(message)
