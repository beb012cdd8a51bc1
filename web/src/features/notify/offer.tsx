import { Suspense, useState, useSyncExternalStore } from 'react'
import { isActive } from '@/jobs/merge.ts'
import { canNotify } from '@/jobs/notify.ts'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import { useJobs, useServices } from '../services.ts'

const Card = lazyChunk(() => import('./card.tsx'), 'NotifyCard')

/** Who has a job that goes on, or has seen one end, is asked whether to be told. The browser asks only after that. */
export function NotifyOffer() {
  const { notifications } = useServices()
  const { entries } = useJobs()
  const choice = useSyncExternalStore(notifications.subscribe, notifications.getSnapshot)
  // Asked once, the card stays until its answer has been read.
  const [shown, setShown] = useState(false)
  const due = choice === null && canNotify() && Notification.permission !== 'denied'
  const may = due && entries.some(({ job }) => job?.status === 'completed' || (job && isActive(job)))
  if (may && !shown) setShown(true)
  if (!shown) return null
  return (
    <Suspense>
      <Card onDone={() => setShown(false)} />
    </Suspense>
  )
}
