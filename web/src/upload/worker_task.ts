/** One task in a worker of its own, which ends with it: cancelling is ending the worker, whatever it is doing. */
import { trustedScript } from '@/trusted_url.ts'

/** What workers answer. `reason` is a word that the page knows, or a sentence for the console. */
export type Answer<Result> =
  | { kind: 'progress'; share: number; bytes: number }
  | { kind: 'done'; result: Result }
  | { kind: 'failed'; reason: string }

export class WorkerFault extends Error {
  constructor(readonly reason: string) {
    super(reason)
    this.name = 'WorkerFault'
  }
}

/** Rejects with WorkerFault; its reason is 'stopped' when `signal` said so. */
export function inWorker<Result>(
  url: string,
  task: object,
  signal: AbortSignal,
  onProgress: (share: number, bytes: number) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new WorkerFault('stopped'))
    const worker = new Worker(trustedScript(url), { type: 'module' })
    const end = (): void => {
      worker.terminate()
      signal.removeEventListener('abort', stop)
    }
    const fail = (reason: string): void => {
      end()
      reject(new WorkerFault(reason))
    }
    const stop = (): void => fail('stopped')
    signal.addEventListener('abort', stop)
    worker.onmessage = ({ data }: MessageEvent<Answer<Result>>) => {
      if (data.kind === 'progress') return onProgress(data.share, data.bytes)
      if (data.kind === 'failed') return fail(data.reason)
      end()
      resolve(data.result)
    }
    worker.onerror = (event) => {
      event.preventDefault() // it is told here, not thrown at the page
      fail(event.message || 'the worker did not start')
    }
    worker.postMessage(task)
  })
}
