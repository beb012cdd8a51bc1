import { useEffect, useRef, useState } from 'react'
import { asBackendError } from '@/backend/backend.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { tell } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { useIdentity, useServices, useUploads } from '../services.ts'
import { madeHere } from './made_here.ts'
import { useWords } from './words.ts'

const OVER = ['submitted', 'rejected', 'ready', 'failed']

/** Whoever signs in may have used this browser before, or somebody else has: they are asked, not assumed. Uploads that are under
 *  way would lose what they go on by, so the question waits for their end. */
export function ClaimDialog() {
  const words = useWords()
  const text = useText()
  const { identity, feed, backend, jobs } = useServices()
  const { token } = useIdentity()
  const busy = useUploads().some(({ phase }) => !OVER.includes(phase.name))
  const [count, setCount] = useState<number | null>(null)
  const [later, setLater] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const giving = useRef(false)
  useEffect(() => {
    let current = true
    madeHere({ identity, backend, jobs }).then(
      (found) => {
        if (!current) return
        if (found === 0 && token !== null) identity.claimed(token)
        else setCount(found)
      },
      () => undefined, // without an answer there is nothing to ask yet
    )
    return () => {
      current = false
    }
  }, [identity, backend, jobs, token])
  if (count === null || later || busy || token === null) return null
  const give = async (): Promise<void> => {
    if (giving.current) return
    giving.current = true
    try {
      await feed.give()
      tell(words.claimed)
    } catch (error) {
      const { code, message } = asBackendError(error)
      setFault(errorText(text, code, message))
    }
    giving.current = false
  }
  return (
    <Dialog title={words.claimTitle} onClose={() => setLater(true)}>
      <p className="mt-3 text-sm">{words.claimAbout(count)}</p>
      {fault && (
        <p role="alert" className="mt-3 text-sm text-danger">
          {fault}
        </p>
      )}
      <div className="mt-6 flex flex-wrap justify-end gap-2">
        <Button onClick={() => identity.claimed(token, true)}>{words.claimNo}</Button>
        <Button kind="primary" onClick={() => void give()}>
          {words.claimYes}
        </Button>
      </div>
    </Dialog>
  )
}
