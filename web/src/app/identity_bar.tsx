import { Suspense } from 'react'
import { serverNow } from '@/backend/server_clock.ts'
import type { Job } from '@/backend/types.ts'
import { useIdentity, useJobs } from '@/features/services.ts'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import { Boundary } from './boundary.tsx'

const Offered = lazyChunk(() => import('@/features/library/offered_dialog.tsx'), 'OfferedDialog')
const SaidLine = lazyChunk(() => import('@/features/account/said_line.tsx'), 'SaidLine')
const Claim = lazyChunk(() => import('@/features/account/claim_dialog.tsx'), 'ClaimDialog')
const Warning = lazyChunk(() => import('@/features/library/warning.tsx'), 'Warning')

/** Somebody has worked on its text, and it is about to be deleted. */
export const isWarned = (job: Job | null): job is Job => job?.warn_at != null && Date.parse(job.warn_at) <= serverNow()

/** What has become of a sign-in, a key that a link brought, recordings from before a sign-in, and corrections that are about to
 *  be deleted. Each comes when there is something to say. */
export function IdentityBar() {
  const { said, offered, unclaimed } = useIdentity()
  const { entries } = useJobs()
  const warned = entries.flatMap(({ job }) => (isWarned(job) ? [job] : []))
  if (said === null && offered === null && !unclaimed && warned.length === 0) return null
  return (
    <Boundary>
      <Suspense>
        {said !== null && <SaidLine said={said} />}
        {offered !== null && <Offered offered={offered} />}
        {unclaimed && <Claim />}
        {warned.length > 0 && <Warning jobs={warned} />}
      </Suspense>
    </Boundary>
  )
}
