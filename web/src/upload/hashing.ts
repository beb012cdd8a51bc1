/** The hash of a whole file, so that a recording that was transcribed before is not uploaded again. */
import workerUrl from './hash.worker.ts?worker&url'
import { inWorker } from './worker_task.ts'

/** SHA-256 in hex. Rejects when stopped, and when the file or the worker cannot be read. */
export type Hash = (file: Blob, signal: AbortSignal) => Promise<string>

let line: Promise<unknown> = Promise.resolve()

/** One file at a time: two at once would only make the disk seek. */
export const hashInWorker: Hash = (file, signal) => {
  const mine = line.then(() => inWorker<string>(workerUrl, { file }, signal, () => undefined))
  line = mine.catch(() => undefined)
  return mine
}

/** What `promise` gives within `ms`; null when it takes longer or rejects. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), ms)))
  try {
    return await Promise.race([promise, late])
  } catch {
    return null // without a hash an upload is merely an upload
  } finally {
    clearTimeout(timer)
  }
}
