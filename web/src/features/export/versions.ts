import { useEffect, useState } from 'react'
import type { Revisions } from '@/backend/transcripts.ts'
import type { JobRef } from '@/backend/types.ts'
import { landmarks } from '@/features/editor/landmarks.ts'
import { useServices } from '../services.ts'

export type Version = Revisions['revisions'][number]

/** What the text was before, newest first, and without the newest. Null where there is nothing to choose: nobody has changed it,
 *  or whoever asks is not shown its history. */
export function useVersions(ref: JobRef, edited: boolean): Version[] | null {
  const { backend } = useServices()
  const [versions, setVersions] = useState<Version[] | null>(null)
  const { id, token } = ref
  useEffect(() => {
    if (!edited) return
    let left = false
    backend.revisions({ id, token }).then(
      ({ newest, revisions }) => !left && setVersions(landmarks(revisions).filter(({ revision }) => revision !== newest)),
      () => undefined,
    )
    return () => void (left = true)
  }, [backend, id, token, edited])
  return versions
}
