/** Brings the bytes of an upload to the store, by the way that the store knows, and tells how far they are. */
import { asBackendError, type Backend } from '@/backend/backend.ts'
import type { JobRef, Session } from '@/backend/types.ts'
import { Pace } from './eta.ts'
import { sendParts } from './parts.ts'
import { sendByXhr } from './protocol.ts'
import { type SendEvent, type Outcome, sendFile } from './sending.ts'
import type { UploadActions } from './context.ts'
import type { Task } from './task.ts'

const TELL_EVERY_MS = 150
const SESSIONS = 2

/** Resolves when all is sent, or the upload is stopped or has failed; the task says which. */
export async function bring(task: Task, ref: JobRef, actions: UploadActions): Promise<void> {
  const pace = new Pace()
  const stop = signsOfLife(task, ref, actions)
  try {
    await bringAll(task, ref, pace, actions)
  } finally {
    stop()
  }
}

/** A store of its own shows the server every byte; of others it has to be told that somebody is still at it. */
function signsOfLife(task: Task, ref: JobRef, { context }: UploadActions): () => void {
  let timer: ReturnType<typeof setInterval> | undefined
  let over = false
  void context.aliveEveryMs().then((ms) => {
    if (ms === null || over) return
    timer = setInterval(() => {
      // One that is not heard costs nothing: the upload goes on, it only counts for less.
      if (task.upload.phase.name === 'sending') context.backend.alive(ref).catch(() => undefined)
    }, ms)
  })
  return () => {
    over = true
    clearInterval(timer)
  }
}

async function bringAll(task: Task, ref: JobRef, pace: Pace, actions: UploadActions): Promise<void> {
  for (let used = 0; used < SESSIONS; used += 1) {
    const session = task.record?.session ?? (await renew(task, ref, actions))
    if (!session) return actions.finish(task, ref, null)
    const outcome = await send(task, session, pace, actions)
    if (outcome.kind === 'done') return actions.finish(task, ref, null)
    if (outcome.kind === 'stopped') return
    if (outcome.kind === 'refused') return actions.tell(task, { on: 'fail', code: outcome.code, message: outcome.message })
    await actions.save(task, { session: null, confirmed: 0, etags: [] })
  }
  actions.tell(task, { on: 'fail', code: 'upload_gone', message: '' })
}

async function send(task: Task, session: Session, pace: Pace, actions: UploadActions): Promise<Outcome> {
  const { body } = task
  if (!body) return { kind: 'stopped' }
  const { send: byOther, firstChunk } = actions.context
  const tell = (event: SendEvent): void => onEvent(task, pace, event, actions)
  const sending = {
    file: body,
    signal: task.abort.signal,
    pause: (ms: number) => task.pause(ms),
    now: () => performance.now(),
    random: Math.random,
  }
  if (session.parts) {
    const etags = task.record?.etags ?? []
    return sendParts({ ...sending, parts: session.parts, etags, keep: (all) => actions.save(task, { etags: all }) }, tell)
  }
  return sendFile({ ...sending, url: session.url, send: byOther ?? sendByXhr, ...(firstChunk ? { firstChunk } : {}) }, tell)
}

/** Null when the job waits for no bytes any more: all have arrived, and only the answer was lost. */
async function renew(task: Task, ref: JobRef, { context, save }: UploadActions): Promise<Session | null> {
  try {
    const session = await context.backend.renew(ref)
    await save(task, { session })
    return session
  } catch (fault) {
    if (asBackendError(fault).code !== 'upload_gone') throw fault
    if (!(await arrived(ref, context.backend))) throw fault
    return null
  }
}

/** Whether the server has all bytes of it. */
export async function arrived(ref: JobRef, backend: Backend): Promise<boolean> {
  const answer = await backend.job(ref, null)
  return answer !== 'unchanged' && !['uploading', 'cancelled'].includes(answer.job.status)
}

function onEvent(task: Task, pace: Pace, event: SendEvent, { tell, save }: UploadActions): void {
  if (event.kind === 'waiting') return tell(task, { on: 'wait', reason: event.reason, until: Date.now() + event.ms })
  if (event.kind === 'sending') return tell(task, { on: 'go on' })
  if (event.kind === 'range-hidden') {
    return console.warn('aisubs: the store does not expose its Range header; sending the rest in one request.')
  }
  const { total } = task
  const now = performance.now()
  const bytes = event.confirmed + event.inFlight
  pace.add(now, bytes)
  if (event.inFlight === 0 && event.confirmed > 0) void save(task, { confirmed: event.confirmed })
  const rises = Math.floor((bytes / total) * 100) > Math.floor(task.upload.share * 100)
  if (event.inFlight > 0 && !rises && now - task.toldAt < TELL_EVERY_MS) return
  task.toldAt = now
  tell(task, { on: 'progress', share: bytes / total, speed: pace.speed, leftS: pace.leftS(now, total - bytes) })
}
