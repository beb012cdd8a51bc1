/** Around the job of an upload: when to ask again for one, and how to give it back. */
import { asBackendError, type Backend } from '@/backend/backend.ts'
import type { JobRef } from '@/backend/types.ts'

const QUEUE_FULL_S = 60
const LONGEST_WAIT_S = 60

/** How long to wait after a refusal that passes. Throws one that does not. */
export function waitAfter(fault: unknown, failures: number): { ms: number; reason: 'queue_full' | 'network' | 'server' } {
  const known = asBackendError(fault)
  if (!known.retryable) throw known
  const full = known.code === 'queue_full'
  const waitS = known.retryAfterS ?? (full ? QUEUE_FULL_S : Math.min(LONGEST_WAIT_S, 2 ** failures))
  return { ms: waitS * 1000, reason: full ? 'queue_full' : known.code === 'offline' ? 'network' : 'server' }
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
