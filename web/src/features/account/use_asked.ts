import { useCallback, useEffect, useState } from 'react'
import { asBackendError } from '@/backend/backend.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'

export interface AskedList<T> {
  /** Null while it is not known. */
  found: T | null
  fault: string | null
  /** Does something and asks anew; false where it failed, which is said. */
  act: (step: () => Promise<void>) => Promise<boolean>
}

/** What a server says, and again after each deed. `ask` has to stay the same as long as the question does. */
export function useAsked<T>(ask: () => Promise<T>): AskedList<T> {
  const text = useText()
  const [found, setFound] = useState<T | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const act = useCallback(
    async (step: () => Promise<void>): Promise<boolean> => {
      try {
        await step()
        setFound(await ask())
        setFault(null)
        return true
      } catch (error) {
        const { code, message } = asBackendError(error)
        const line = errorText(text, code, message)
        setFault(line)
        announce(line, 'assertive')
        return false
      }
    },
    [ask, text],
  )
  useEffect(() => {
    // What it learns comes with the server's answer.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    void act(() => Promise.resolve())
  }, [act])
  return { found, fault, act }
}
