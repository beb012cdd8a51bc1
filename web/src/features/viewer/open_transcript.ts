import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import type { Backend } from '@/backend/backend.ts'
import type { Job, JobRef } from '@/backend/types.ts'
import { openTranscript, type TranscriptSession, type TranscriptSnapshot } from '@/transcript/session.ts'

const NOTHING_YET = ['uploading', 'pending']
const LEAST_BETWEEN_MS = 1_500
/** Loading takes at most a twentieth of the time: the whole text comes each time, and ten hours of it are large. */
const PAUSE_PER_LOAD = 20
const TRY_AGAIN_MS = 5_000

export interface OpenTranscript {
  session: TranscriptSession
  transcript: TranscriptSnapshot
}

/** The transcript of a job, again whenever the job has changed. Null until it is asked for. */
export function useTranscript(backend: Backend, ref: JobRef, job: Job, readOnly: boolean): OpenTranscript | null {
  const { id, token } = ref
  const shared = useMemo(() => new SharedSession(() => openTranscript(backend, { id, token }, { readOnly })), [backend, id, token, readOnly])
  const transcript = useSyncExternalStore(shared.subscribe, shared.getSnapshot)
  const { session } = shared
  useNews(session, job, transcript?.fault?.retryable === true)
  return session && transcript ? { session, transcript } : null
}

/** A session that is open as long as somebody looks at it. */
class SharedSession {
  session: TranscriptSession | null = null
  private readers = 0

  constructor(private readonly open: () => TranscriptSession) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.readers += 1
    this.session ??= this.open()
    const leave = this.session.subscribe(listener)
    return () => {
      leave()
      this.readers -= 1
      if (this.readers > 0) return
      this.session?.close()
      this.session = null
    }
  }

  readonly getSnapshot = (): TranscriptSnapshot | null => this.session?.getSnapshot() ?? null
}

function useNews(session: TranscriptSession | null, { status, version }: Job, failed: boolean): void {
  const pace = useRef({ nextAt: 0 })
  const there = session !== null && !NOTHING_YET.includes(status)
  useEffect(() => {
    if (!there) return
    const load = async (): Promise<void> => {
      const began = Date.now()
      await session.refresh()
      const took = Date.now() - began
      pace.current.nextAt = Date.now() + Math.max(LEAST_BETWEEN_MS, took * PAUSE_PER_LOAD)
    }
    const wait = status === 'completed' ? 0 : Math.max(0, pace.current.nextAt - Date.now())
    const timer = setTimeout(() => void load(), wait)
    return () => clearTimeout(timer)
  }, [session, there, status, version])
  useEffect(() => {
    if (!there) return
    const look = (): void => void session.refresh()
    addEventListener('focus', look)
    addEventListener('online', look)
    const timer = failed ? setInterval(look, TRY_AGAIN_MS) : undefined
    return () => {
      removeEventListener('focus', look)
      removeEventListener('online', look)
      clearInterval(timer)
    }
  }, [session, there, failed])
}
