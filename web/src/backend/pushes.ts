/** Web Push: the server tells a browser of the end of a job although its page is closed. */
import type { JobRef } from './types.ts'
import { jobUrl, send } from './wire.ts'

export interface Pushes {
  /** Rejects with `push_unavailable` where the server is not set up for it. */
  subscribePush(ref: JobRef, subscription: PushSubscriptionJSON, language: string): Promise<void>
  unsubscribePush(ref: JobRef, subscription: PushSubscriptionJSON): Promise<void>
}

export function pushesOverHttp(base: string): Pushes {
  const shown = ({ endpoint, keys }: PushSubscriptionJSON): object => ({ endpoint, keys })
  return {
    async subscribePush(ref, subscription, language) {
      await send(`${jobUrl(base, ref)}/push`, { ref, body: { subscription: shown(subscription), language } })
    },
    async unsubscribePush(ref, subscription) {
      await send(`${jobUrl(base, ref)}/push`, { ref, method: 'DELETE', body: { subscription: shown(subscription) } })
    },
  }
}
