/** The link by which a job comes back to a browser that keeps no list, `/#job=<id>.<token>`: who has it, owns the job. It is
 *  taken out of the address before anything is asked of a server. features/upload/row_actions.tsx makes it. */
import type { JobStore } from '@/jobs/store.ts'

const LINK = /^#job=([\w-]{8,64})\.([\w-]{20,})$/

/** Call once, before the first request. */
export function takeJobLink(jobs: JobStore): void {
  const take = (): void => {
    const [, id, token] = LINK.exec(location.hash) ?? []
    if (!id || !token) return
    history.replaceState(history.state, '', location.pathname)
    jobs.add({ id, token })
  }
  take()
  addEventListener('hashchange', take)
}
