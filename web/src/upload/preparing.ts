/** Before a byte is sent: the sound is taken out of a video, where that is wished and saves something. */
import type { Method } from './extracts.ts'
import { fingerprint } from './fingerprint.ts'
import { isVideo } from './inspect.ts'
import type { Whole } from './phases.ts'
import type { UploadActions } from './context.ts'
import type { Task } from './task.ts'
import { WorkerFault } from './worker_task.ts'

/** Afterwards `task.body` is what to send, unless the upload was stopped meanwhile. */
export async function prepare(task: Task, actions: UploadActions): Promise<void> {
  const { file, wish } = task
  if (task.body || !file || !wish) return
  const proof = task.record?.fingerprint ?? (await fingerprint(file))
  await actions.save(task, { fingerprint: proof, phase: 'announcing' })
  if (!wish.whole && isVideo(file)) await takeSound(task, file, actions)
  else task.body = file
  const limits = await actions.context.limits()
  if (limits && task.body && task.body.size > limits.maxBytes) actions.tell(task, { on: 'fail', code: 'too_big', message: '' })
}

async function takeSound(task: Task, file: File, { context, tell, save }: UploadActions): Promise<void> {
  const { key } = task.upload
  task.skip = new AbortController()
  tell(task, { on: 'preparing', share: 0, bytes: 0 })
  try {
    if (!context.extracts) throw new WorkerFault('no private files')
    const signal = AbortSignal.any([task.abort.signal, task.skip.signal])
    const progress = (share: number, bytes: number): void => tell(task, { on: 'preparing', share, bytes })
    const sound = await context.extracts.make(key, file, task.method, signal, progress)
    task.body = sound
    await save(task, { extract: { size: sound.size, type: sound.type } })
    tell(task, { on: 'prepared', extractSize: sound.size, whole: null })
  } catch (fault) {
    if (task.abort.signal.aborted) return
    const whole = task.skip.signal.aborted ? null : because(fault, task.method)
    if (whole === 'broken') console.warn('aisubs: the sound could not be taken out.', fault)
    task.body = file
    await save(task, { whole: true })
    tell(task, { on: 'prepared', extractSize: null, whole })
  }
}

function because(fault: unknown, method: Method): Whole | null {
  // A browser that is full already refuses the file itself, before a worker writes to it.
  if (fault instanceof DOMException && fault.name === 'QuotaExceededError') return 'no_space'
  const reason = fault instanceof WorkerFault ? fault.reason : ''
  if (reason === 'no_saving') return null
  if (reason === 'unreadable' && method === 'ffmpeg') return 'broken' // there is no further way to try
  return reason === 'unreadable' || reason === 'no_space' ? reason : 'broken'
}
