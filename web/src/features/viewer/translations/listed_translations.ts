import { useEffect, useState } from 'react'
import { type Translation, translations } from '@/backend/translations.ts'
import type { JobRef } from '@/backend/types.ts'
import { useServices } from '../../services.ts'

const WORKING_MS = 1_000
/** Nobody is at work: the translator does not answer, or is asked again only later. */
const WAITING_MS = 5_000

export const isUnderway = ({ state }: Translation): boolean => state === 'waiting' || state === 'working'

export interface ListedTranslations {
  found: readonly Translation[]
  put: (found: readonly Translation[]) => void
  /** Asks at once. */
  again: () => void
}

/** Which there are, asked for again as long as one is being made, and whenever the text has changed. */
export function useListedTranslations(jobRef: JobRef, revision: number): ListedTranslations {
  const { apiUrl } = useServices()
  const { id, token } = jobRef
  const [found, put] = useState<readonly Translation[]>([])
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    let left = false
    let timer: ReturnType<typeof setTimeout> | undefined
    let known: readonly Translation[] = []
    const ask = async (): Promise<void> => {
      let answered = true
      try {
        const listed = await translations(apiUrl, { id, token })
        if (left) return
        put((known = listed))
      } catch {
        answered = false // it is one thing more, and an older server has no such thing
      }
      const underway = known.filter(isUnderway)
      if (left || underway.length === 0) return
      timer = setTimeout(() => void ask(), answered && underway.some((one) => one.not_before === null) ? WORKING_MS : WAITING_MS)
    }
    void ask()
    return () => {
      left = true
      clearTimeout(timer)
    }
  }, [apiUrl, id, token, revision, turn])
  return { found, put, again: () => setTurn((now) => now + 1) }
}
