/** SHA-256 of a file, block by block: WebCrypto would want it whole in memory. */
import { createSHA256 } from 'hash-wasm'
import type { Answer } from './worker_task.ts'

const BLOCK_BYTES = 16 * 1024 * 1024

addEventListener('message', ({ data }: MessageEvent<{ file: Blob }>) => {
  hash(data.file).then(
    (result) => answer({ kind: 'done', result }),
    (fault: unknown) => answer({ kind: 'failed', reason: String(fault) }),
  )
})

async function hash(file: Blob): Promise<string> {
  const sha = await createSHA256()
  for (let start = 0; start < file.size; start += BLOCK_BYTES) {
    sha.update(new Uint8Array(await file.slice(start, start + BLOCK_BYTES).arrayBuffer()))
    const bytes = Math.min(file.size, start + BLOCK_BYTES)
    answer({ kind: 'progress', share: bytes / file.size, bytes })
  }
  return sha.digest('hex')
}

const answer = (message: Answer<string>): void => postMessage(message)
