import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Backend } from '@/backend/backend.ts'
import type { ServerConfig } from '@/backend/facts.ts'
import type { KnownConfig } from '@/backend/known_config.ts'
import type { JobActions } from '@/jobs/actions.ts'
import type { Live } from '@/jobs/live.ts'
import type { Notifications } from '@/jobs/notify.ts'
import type { PushLine } from '@/jobs/push.ts'
import type { JobStore, Snapshot } from '@/jobs/store.ts'
import type { Feed } from '@/library/feed.ts'
import type { Identity, IdentitySnapshot } from '@/library/identity.ts'
import type { UploadEngine } from '@/upload/engine.ts'
import type { Upload } from '@/upload/phases.ts'

export interface Services {
  /** Where the API is; '' where page and API come from one origin. */
  apiUrl: string
  backend: Backend
  identity: Identity
  feed: Feed
  config: KnownConfig
  jobs: JobStore
  live: Live
  notifications: Notifications
  push: PushLine
  actions: JobActions
  uploads: UploadEngine
}

const Context = createContext<Services | null>(null)
export const ServicesProvider = Context.Provider

export function useServices(): Services {
  const services = useContext(Context)
  if (!services) throw new Error('outside of ServicesProvider')
  return services
}

export function useJobs(): Snapshot {
  const { jobs } = useServices()
  return useSyncExternalStore(jobs.subscribe, jobs.getSnapshot)
}

export function useIdentity(): IdentitySnapshot {
  const { identity } = useServices()
  return useSyncExternalStore(identity.subscribe, identity.getSnapshot)
}

export function useUploads(): readonly Upload[] {
  const { uploads } = useServices()
  return useSyncExternalStore(uploads.subscribe, uploads.getSnapshot)
}

/** What the server is and may do; null until it has said so, and as long as it does not answer. */
export function useServerConfig(): ServerConfig | null {
  const { config } = useServices()
  return useSyncExternalStore(config.subscribe, config.getSnapshot)
}

/** `polling`: the server is asked every few seconds, for it has no live line or that is broken. */
export function useLiveState(): 'live' | 'polling' | 'offline' {
  const { live } = useServices()
  const isLive = useSyncExternalStore(live.subscribe, live.getSnapshot)
  const { offline } = useJobs()
  return offline ? 'offline' : isLive ? 'live' : 'polling'
}
