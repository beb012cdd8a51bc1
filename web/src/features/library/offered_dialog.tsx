import { useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { asBackendError } from '@/backend/backend.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { useServices } from '../services.ts'
import { useWords } from './words.ts'

/** A link must not be able to move somebody's recordings into another's library: people are asked. */
export function OfferedDialog({ offered }: { offered: string }) {
  const words = useWords()
  const text = useText()
  const { identity } = useServices()
  const [, navigate] = useLocation()
  const [fault, setFault] = useState<string | null>(null)
  const busy = useRef(false)
  const accept = async (): Promise<void> => {
    busy.current = true
    try {
      await identity.enter(offered)
      announce(words.keyUsed)
      navigate('/library')
    } catch (error) {
      const { code, message } = asBackendError(error)
      setFault(errorText(text, code, message))
    }
    busy.current = false
  }
  return (
    <Dialog title={words.offeredTitle} onClose={() => !busy.current && identity.offer(null)}>
      <p className="mt-3 text-sm">{words.offeredAbout}</p>
      <p className="mt-2 text-sm text-warn">{words.offeredOwn}</p>
      {fault && (
        <p role="alert" className="mt-3 text-sm text-danger">
          {fault}
        </p>
      )}
      <div className="mt-6 flex justify-end gap-2">
        <Button onClick={() => identity.offer(null)}>{words.cancel}</Button>
        <Button kind="primary" onClick={() => void accept()}>
          {words.offeredYes}
        </Button>
      </div>
    </Dialog>
  )
}
