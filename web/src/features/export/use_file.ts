import { useEffect, useState } from 'react'
import { asBackendError, type BackendError, type Downloaded } from '@/backend/backend.ts'
import type { Formats, JobRef } from '@/backend/types.ts'
import { useServices } from '../services.ts'
import { asked, beginning, type Chosen } from './chosen.ts'

/** Switches are pressed one after the other. */
const SETTLE_MS = 120

export interface Made {
  file: Downloaded
  /** Null of what is no text. */
  begins: string | null
}

let known: Promise<Formats> | null = null

/** Null until they are known; the everyday ones are there all the same. */
export function useFormats(): Formats | null {
  const { backend } = useServices()
  const [formats, setFormats] = useState<Formats | null>(null)
  useEffect(() => {
    let left = false
    known ??= backend.formats()
    known.then(
      (found) => !left && setFormats(found),
      () => (known = null), // asked for again by the next panel
    )
    return () => void (left = true)
  }, [backend])
  return formats
}

/** The very file that a press on Download saves, made by the server as soon as it is chosen. Null while it is made. */
export function useFile(ref: JobRef, chosen: Chosen, formats: Formats | null): { made: Made | null; fault: BackendError | null } {
  const { backend } = useServices()
  const [answer, setAnswer] = useState<{ wish: string; made: Made | null; fault: BackendError | null } | null>(null)
  const wish = JSON.stringify([chosen.format, asked(chosen, formats)])
  const { id, token } = ref
  useEffect(() => {
    let left = false
    const make = async (): Promise<Made> => {
      const [format, choice] = JSON.parse(wish) as [string, Parameters<typeof backend.download>[2]]
      const file = await backend.download({ id, token }, format, choice)
      return { file, begins: format === 'docx' ? null : await beginning(file.blob) }
    }
    const timer = setTimeout(() => {
      make().then(
        (made) => !left && setAnswer({ wish, made, fault: null }),
        (error: unknown) => !left && setAnswer({ wish, made: null, fault: asBackendError(error) }),
      )
    }, SETTLE_MS)
    return () => {
      left = true
      clearTimeout(timer)
    }
  }, [backend, id, token, wish])
  return answer?.wish === wish ? answer : { made: null, fault: null }
}
