import { lazy, Suspense, useState, useSyncExternalStore } from 'react'
import { canNotify } from '@/jobs/notify.ts'
import { useJobs, useServices } from '../services.ts'

const Card = lazy(() => import('./card.tsx').then(({ NotifyCard }) => ({ default: NotifyCard })))

/** Once somebody has seen a job end, they are asked whether to be told of the next. The browser asks only after that. */
export function NotifyOffer() {
  const { notifications } = useServices()
  const { entries } = useJobs()
  const choice = useSyncExternalStore(notifications.subscribe, notifications.getSnapshot)
  // Asked once, the card stays until its answer has been read.
  const [shown, setShown] = useState(false)
  const due = choice === null && canNotify() && Notification.permission !== 'denied'
  const may = due && entries.some(({ job }) => job?.status === 'completed')
  if (may && !shown) setShown(true)
  if (!shown) return null
  return (
    <Suspense>
      <Card onDone={() => setShown(false)} />
    </Suspense>
  )
}
