/** The job of an upload: asking for one, finding that it was done before, giving it back. */
import { asBackendError, type Backend } from '@/backend/backend.ts'
import type { FileFacts, JobRef, Submitted } from '@/backend/types.ts'
import { within } from './hashing.ts'
import type { Waiting } from './phases.ts'
import type { UploadActions } from './context.ts'
import type { Task } from './task.ts'

const QUEUE_FULL_S = 60
const FULL: Partial<Record<string, Waiting>> = { queue_full: 'queue_full', too_many_uploads: 'uploads_full' }
const LONGEST_WAIT_S = 60
const HASH_WAIT_MS = 10_000
const TOKENS_SHOWN = 100

/** Null when somebody stopped it, or when the transcript is there already. */
export async function announce(task: Task, actions: UploadActions): Promise<JobRef | null> {
  const { context, tell, save } = actions
  const { upload, wish, abort } = task
  const facts = factsOf(task)
  if (!facts || !wish) return null
  const hash = await hashOf(task, actions)
  const options = task.afresh ? { ...wish.options, fresh: true as const } : wish.options
  for (let failures = 0; !abort.signal.aborted; failures += 1) {
    try {
      const known = { hash, tokens: hash ? context.tokens().slice(0, TOKENS_SHOWN) : [] }
      const answer = await context.backend.submit(facts, options, upload.key, known)
      const ref = refOf(answer)
      context.onJob(ref)
      task.ref = ref
      if (!actions.wanted(task)) return await withdraw(context, ref)
      if (!answer.upload) {
        await actions.finish(task, ref, { at: answer.cached_at })
        return null
      }
      await save(task, { job: ref, session: answer.upload, phase: 'sending' })
      tell(task, { on: 'announced', jobId: ref.id })
      if (!hash && !task.afresh) void lookAgain(task, facts, actions)
      return ref
    } catch (fault) {
      const { ms, reason } = waitAfter(fault, failures)
      tell(task, { on: 'wait', reason, until: Date.now() + ms })
      await task.pause(ms)
      tell(task, { on: 'go on' })
    }
  }
  return null
}

async function hashOf(task: Task, { save }: UploadActions): Promise<string | null> {
  const known = task.record?.hash
  if (known || !task.hash) return known ?? null
  const hash = await within(task.hash, HASH_WAIT_MS)
  if (hash) await save(task, { hash })
  return hash
}

/** The hash took long, and the upload has begun without it. If it is one that was done before, the upload is in vain. */
async function lookAgain(task: Task, facts: FileFacts, actions: UploadActions): Promise<void> {
  const { context } = actions
  const tokens = context.tokens().filter((token) => token !== task.ref?.token)
  const hash = await task.hash?.catch(() => null)
  if (!hash || !task.wish || !task.ref || tokens.length === 0 || !isOpen(task, actions)) return
  try {
    const known = { hash, tokens: tokens.slice(0, TOKENS_SHOWN) }
    const answer = await context.backend.submit(facts, task.wish.options, `${task.upload.key}-seen`, known)
    const old = refOf(answer)
    if (answer.upload || !isOpen(task, actions)) return void (await withdraw({ ...context, onWithdrawn: () => undefined }, old))
    const inVain = task.ref
    task.abort.abort()
    context.onJob(old)
    await actions.finish(task, old, { at: answer.cached_at })
    await withdraw(context, inVain)
  } catch {
    // A full queue says that it is not known; a network that is down, nothing. The upload goes on either way.
  }
}

const isOpen = (task: Task, actions: UploadActions): boolean => actions.wanted(task) && task.upload.phase.name !== 'submitted'

/** The name stays that of the file that was chosen, so that its subtitles are named after it. */
function factsOf({ upload, body }: Task): FileFacts | null {
  return body && { name: upload.name, size: body.size, type: body.type }
}

const refOf = (answer: Submitted): JobRef => ({ id: answer.job_id, token: answer.access_token })

/** How long to wait after a refusal that passes. Throws one that does not. */
export function waitAfter(fault: unknown, failures: number): { ms: number; reason: Waiting } {
  const known = asBackendError(fault)
  if (!known.retryable) throw known
  const full = FULL[known.code]
  const waitS = known.retryAfterS ?? (full ? QUEUE_FULL_S : Math.min(LONGEST_WAIT_S, 2 ** failures))
  return { ms: waitS * 1000, reason: full ?? (known.code === 'offline' ? 'network' : 'server') }
}

/** Best effort: what the server does not hear now, its deadline for uploads puts right. */
export async function withdraw(
  { backend, onWithdrawn }: { backend: Backend; onWithdrawn: (ref: JobRef) => void },
  ref: JobRef,
): Promise<null> {
  try {
    if (await backend.cancelOrDelete(ref)) await backend.cancelOrDelete(ref)
    onWithdrawn(ref)
  } catch (fault) {
    if (asBackendError(fault).code === 'job_not_found') onWithdrawn(ref)
  }
  return null
}
