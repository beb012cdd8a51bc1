import { X } from 'lucide-react'
import { lazy, Suspense, useEffect } from 'react'
import { serverNow } from '@/backend/server_clock.ts'
import type { Job } from '@/backend/types.ts'
import { useIdentity, useJobs, useServices } from '@/features/services.ts'
import { useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { cx } from '@/ui/cx.ts'
import { Boundary } from './boundary.tsx'

const Offered = lazy(() => import('@/features/library/offered_dialog.tsx').then((part) => ({ default: part.OfferedDialog })))
const Warning = lazy(() => import('@/features/library/warning.tsx').then((part) => ({ default: part.Warning })))

/** Somebody has worked on its text, and it is about to be deleted. */
export const isWarned = (job: Job | null): job is Job => job?.warn_at != null && Date.parse(job.warn_at) <= serverNow()

/** What has become of a sign-in, a key that a link brought, and corrections that are about to be deleted. */
export function IdentityBar() {
  const { app } = useText()
  const { identity } = useServices()
  const { said, offered } = useIdentity()
  const { entries } = useJobs()
  const warned = entries.flatMap(({ job }) => (isWarned(job) ? [job] : []))
  const line = said && app.identity[said]
  const bad = said !== 'signed-in'
  useEffect(() => {
    if (line) announce(line, bad ? 'assertive' : 'polite')
  }, [line, bad])
  return (
    <>
      {line && (
        <p className="flex items-center justify-center gap-2 border-b border-line bg-soft px-4 py-1 text-sm print:hidden">
          <span className={cx(bad && 'text-warn')}>{line}</span>
          <Button small kind="quiet" aria-label={app.dismiss} onClick={() => identity.heard()}>
            <X aria-hidden className="size-4" />
          </Button>
        </p>
      )}
      {(offered !== null || warned.length > 0) && (
        <Boundary>
          <Suspense>
            {offered !== null && <Offered offered={offered} />}
            {warned.length > 0 && <Warning jobs={warned} />}
          </Suspense>
        </Boundary>
      )}
    </>
  )
}
