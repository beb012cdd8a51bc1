/** Hints that a job has changed. Whoever hears one asks the server; nothing is believed from a hint but the version. */
import * as v from 'valibot'
import type { LiveKind } from './facts.ts'

export const Hint = v.object({
  job_id: v.string(),
  version: v.number(),
  /** A job's status, or `deleted`. */
  status: v.string(),
  stage: v.optional(v.nullable(v.string()), null),
  progress: v.optional(v.nullable(v.number()), null),
})
export type Hint = v.InferOutput<typeof Hint>

export interface LiveListener {
  hint(hint: Hint): void
  /** From now on nothing is missed. What happened before has to be asked for. */
  ready(): void
  /** Until the next `ready` hints are missed. */
  lost(): void
}

export interface LiveSource {
  /** The topics to watch from now on, the most wanted first; a source that can take only some takes those. */
  watch(topics: readonly string[]): void
  /** The page is back from sleep or the network is: the line may be dead without anybody having noticed. */
  check(): void
  close(): void
}

export interface Allowed {
  /** Of the API; '' where page and API come from one origin. */
  base: string
  /** What the policy of this page lets it talk to beside the API. */
  supabaseOrigin: string | null
}

/** Null where there is no live line. Rejects when what it needs cannot be loaded. */
export async function openLive(kind: LiveKind, allowed: Allowed, listener: LiveListener): Promise<LiveSource | null> {
  if (kind.kind === 'none') return null
  if (kind.kind === 'websocket') {
    const { WebSocketSource } = await import('./websocket.ts')
    return new WebSocketSource(socketUrl(allowed.base), listener)
  }
  if (new URL(kind.url).origin !== allowed.supabaseOrigin) {
    console.warn(`No live updates: build the page with VITE_SUPABASE_URL=${kind.url}`)
    return null
  }
  const { SupabaseSource } = await import('./supabase.ts')
  return new SupabaseSource(kind, listener)
}

function socketUrl(base: string): string {
  const url = new URL(`${base}/api/live`, location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  return url.href
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000

/** Longer each time, and never the same for two pages: a server that comes back is not met by all at once. */
export function waitBeforeTry(attempt: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt)
  return longest / 2 + (Math.random() * longest) / 2
}
