import { useCallback, useEffect, useRef, useState } from 'react'
import { asBackendError, type BackendError } from '@/backend/backend.ts'
import { translations } from '@/backend/translations.ts'
import type { JobRef } from '@/backend/types.ts'
import { askForVideo, deleteVideo, type Video, type VideoWish, videosOf } from '@/backend/videos.ts'
import { useServices } from '../services.ts'

const WHILE_MADE_MS = 1000
/** Addresses of finished ones end by and by. */
const OTHERWISE_MS = 60_000
const AFTER_SILENCE_MS = 5000

export const isOpen = ({ state }: Video): boolean => state === 'waiting' || state === 'working'

export interface Videos {
  /** Null until they are known. */
  videos: readonly Video[] | null
  /** Of the last wish, or why nothing is heard of them. */
  fault: BackendError | null
  ask: (wish: VideoWish) => Promise<void>
  /** Whether it is gone. */
  remove: (video: Video) => Promise<boolean>
}

/** Followed for as long as somebody looks. `onOver`: one that was being made is ready, or has failed. */
export function useVideos({ id, token }: JobRef, onOver: (video: Video) => void): Videos {
  const { apiUrl } = useServices()
  const [videos, setVideos] = useState<readonly Video[] | null>(null)
  const [refused, setRefused] = useState<BackendError | null>(null)
  const [silence, setSilence] = useState<BackendError | null>(null)
  const [turn, setTurn] = useState(0)
  const open = useRef<ReadonlySet<string>>(new Set())
  const over = useRef(onOver)
  useEffect(() => void (over.current = onOver))

  useEffect(() => {
    let left = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const again = (ms: number): void => void (timer = setTimeout(look, ms))
    const take = (found: readonly Video[]): void => {
      if (left) return
      const ended = found.filter((video) => open.current.has(video.copy_id) && !isOpen(video))
      open.current = new Set(found.filter(isOpen).map((video) => video.copy_id))
      setVideos(found)
      setSilence(null)
      ended.forEach((video) => over.current(video))
      again(open.current.size > 0 ? WHILE_MADE_MS : OTHERWISE_MS)
    }
    const miss = (error: unknown): void => {
      if (left) return
      const fault = asBackendError(error)
      setSilence(fault)
      if (fault.retryable) again(AFTER_SILENCE_MS)
    }
    const look = (): void => void videosOf(apiUrl, { id, token }).then(take, miss)
    look()
    return () => {
      left = true
      clearTimeout(timer)
    }
  }, [apiUrl, id, token, turn])

  const attempt = async (step: () => Promise<void>): Promise<boolean> => {
    try {
      await step()
      setRefused(null)
      setTurn((now) => now + 1)
      return true
    } catch (error) {
      setRefused(asBackendError(error))
      return false
    }
  }
  const ask = async (wish: VideoWish): Promise<void> =>
    void (await attempt(async () => {
      const video = await askForVideo(apiUrl, { id, token }, wish)
      if (isOpen(video)) open.current = new Set([...open.current, video.copy_id])
    }))
  const remove = ({ copy_id }: Video): Promise<boolean> => attempt(() => deleteVideo(apiUrl, { id, token }, copy_id))
  return { videos, fault: refused ?? silence, ask, remove }
}

/** Whether the store has more than the sound; null until that is known. */
export function usePicture({ id, token }: JobRef): boolean | null {
  const { backend } = useServices()
  const [picture, setPicture] = useState<boolean | null>(null)
  useEffect(() => {
    let left = false
    const learn = (found: boolean): void => void (!left && setPicture(found))
    backend.media({ id, token }).then(
      ({ content_type }) => learn(!content_type.startsWith('audio/')),
      () => learn(false),
    )
    return () => void (left = true)
  }, [backend, id, token])
  return picture
}

/** Into which the text is translated. */
export function useTranslated({ id, token }: JobRef): readonly string[] {
  const { apiUrl } = useServices()
  const [languages, setLanguages] = useState<readonly string[]>([])
  const learn = useCallback(
    async () => (await translations(apiUrl, { id, token })).filter(({ state }) => state === 'completed').map(({ language }) => language),
    [apiUrl, id, token],
  )
  useEffect(() => {
    let left = false
    learn().then(
      (found) => !left && setLanguages(found),
      () => undefined,
    )
    return () => void (left = true)
  }, [learn])
  return languages
}
