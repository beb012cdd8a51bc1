import { useEffect, useState } from 'react'
import type { Queue } from '@/backend/types.ts'
import { useServices } from '../services.ts'

const EVERY_MS = 20_000

/** How many jobs the server has when it takes no more; null while there is room, or while it does not say. */
export function useFullQueue(ask: boolean): number | null {
  const { backend } = useServices()
  const [queue, setQueue] = useState<Queue | null>(null)
  useEffect(() => {
    if (!ask) return
    let current = true
    const look = (): void => void backend.queue().then((state) => current && setQueue(state), () => undefined)
    look()
    const timer = setInterval(look, EVERY_MS)
    return () => {
      current = false
      clearInterval(timer)
    }
  }, [ask, backend])
  if (!ask || !queue) return null
  const jobs = queue.active + queue.pending
  return jobs >= queue.capacity ? jobs : null
}
