/** Where the recording is played from: the server, by an address that ends soon, or the user's own copy. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { asBackendError, type Backend, type BackendError } from '@/backend/backend.ts'
import type { JobRef } from '@/backend/types.ts'
import { loadChunk } from '@/chunks.ts'
import type { Playback } from './playback.ts'
import type { Choose } from './player_options.tsx'

const ownCopies = () => loadChunk(() => import('./own_copies.ts'))

const RENEW_BEFORE_MS = 60_000
const LEAST_WAIT_MS = 5_000
/** A fresh address that fails at once fails because of the recording, not because it has ended. */
const FRESH_MS = 10_000
const LENGTH_TOLERANCE_S = 1

export interface Source {
  url: string
  /** False: certainly no picture. */
  picture: boolean
  own: boolean
}

/** Why nothing is played. `wrong-length` and `unplayable` are about the last choice. */
export type Silence = 'gone' | 'not-shared' | 'not-yet' | 'unplayable' | 'wrong-length' | { fault: BackendError }

export interface Recording {
  source: Source | null
  silence: Silence | null
  /** The last choice was refused, and is being forgotten. */
  refused: boolean
  choose: Choose
  onError: () => void
  /** Call with the length that the browser found. */
  onLength: (seconds: number) => void
}

interface Wanted {
  backend: Backend
  jobRef: JobRef
  playback: Playback
  /** The server has it, and it may be played. */
  served: boolean
  /** Why not, where it is not. */
  otherwise: Silence
  durationMs: number | null
}

export function useRecording({ backend, jobRef, playback, served, otherwise, durationMs }: Wanted): Recording {
  const [server, setServer] = useState<{ source: Source; expiresAt: number | null; since: number } | null>(null)
  const [own, setOwn] = useState<Source | null>(null)
  const [silence, setSilence] = useState<Silence | null>(null)
  /** Why the copy that was chosen last is not played; it stands until another is chosen. */
  const [refused, setRefused] = useState<Silence | null>(null)
  const asked = useRef(0)
  const { id, token } = jobRef

  const ask = useCallback((): void => {
    const question = (asked.current += 1)
    backend.media({ id, token }).then(
      (media) => {
        if (question !== asked.current) return
        playback.hold()
        const expiresAt = media.expires_at === null ? null : Date.parse(media.expires_at)
        const source = { url: media.url, picture: !media.content_type.startsWith('audio/'), own: false }
        setServer({ source, expiresAt, since: Date.now() })
        setSilence(null)
      },
      (error: unknown) => {
        if (question !== asked.current) return
        const fault = asBackendError(error)
        setServer(null)
        setSilence(fault.code === 'recording_gone' ? 'gone' : { fault })
      },
    )
  }, [backend, id, token, playback])

  useEffect(() => {
    // Nobody needs the server's copy who has chosen their own.
    if (served && !own) ask()
    return () => void (asked.current += 1)
  }, [served, own, ask])

  useEffect(() => {
    if (server?.expiresAt == null || own) return
    const wait = Math.max(LEAST_WAIT_MS, server.expiresAt - Date.now() - RENEW_BEFORE_MS)
    const timer = setTimeout(() => ask(), wait)
    return () => clearTimeout(timer)
  }, [server, own, ask])

  const broken = silence !== null && typeof silence === 'object'
  useEffect(() => {
    if (!broken || own) return
    const again = (): void => ask()
    addEventListener('online', again)
    return () => removeEventListener('online', again)
  }, [broken, own, ask])

  useEffect(() => () => void (own && URL.revokeObjectURL(own.url)), [own])

  const choose: Choose = useCallback(
    (file, handle) => {
      playback.hold()
      void ownCopies().then(({ keepCopy, forgetCopy }) => (handle ? keepCopy(id, handle) : forgetCopy(id)))
      setRefused(null)
      setOwn({ url: URL.createObjectURL(file), picture: !file.type.startsWith('audio/'), own: true })
    },
    [playback, id],
  )

  const refuse = (why: Silence): void => {
    playback.hold()
    void ownCopies().then(({ forgetCopy }) => forgetCopy(id))
    setOwn(null)
    setRefused(why)
  }
  const onError = (): void => {
    if (own) return refuse('unplayable')
    if (!server) return
    if (Date.now() - server.since > FRESH_MS) return ask()
    setServer(null)
    setSilence('unplayable')
  }
  const onLength = (seconds: number): void => {
    // The server's copy may be without its last, silent frames; of another recording it cannot be.
    if (!own || durationMs === null || !Number.isFinite(seconds)) return
    if (Math.abs(seconds - durationMs / 1000) > LENGTH_TOLERANCE_S) refuse('wrong-length')
  }
  const source = own ?? (served ? (server?.source ?? null) : null)
  const mute = own ? null : (silence ?? (served ? null : otherwise))
  return { source, silence: refused ?? mute, refused: refused !== null, choose, onError, onLength }
}
