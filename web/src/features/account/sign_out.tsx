import { useState } from 'react'
import { asBackendError } from '@/backend/backend.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { useIdentity, useServices, useUploads } from '../services.ts'
import { placeAfter } from './entering.ts'
import { madeHere } from './made_here.ts'
import { useWords } from './words.ts'

const GO_ON: readonly string[] = ['preparing', 'announcing', 'sending', 'waiting', 'queued', 'paused', 'needs-file', 'inspecting']

interface Props {
  everywhere?: boolean
  className?: string
}

/** Signs out here or everywhere, at once where nothing is lost by it, else after a question. */
export function SignOut({ everywhere = false, className }: Props) {
  const words = useWords()
  const { losses, leaving, fault, begin, stay } = useLeaving(everywhere)
  return (
    <>
      <Button kind={everywhere ? 'danger' : 'plain'} disabled={leaving} {...(className ? { className } : {})} onClick={() => void begin(false)}>
        {everywhere ? words.signOutAll : words.signOut}
      </Button>
      {fault && (
        <p role="alert" className="text-sm text-danger">
          {fault}
        </p>
      )}
      {losses && <Losses {...losses} onStay={stay} onGo={() => void begin(true)} />}
    </>
  )
}

interface Lost {
  uploads: number
  apart: number
}

function useLeaving(everywhere: boolean) {
  const text = useText()
  const services = useServices()
  const { by } = useIdentity()
  const uploads = useUploads().filter(({ phase }) => GO_ON.includes(phase.name)).length
  const [losses, setLosses] = useState<Lost | null>(null)
  const [leaving, setLeaving] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const begin = async (sure: boolean): Promise<void> => {
    setLeaving(true)
    try {
      const apart = services.identity.hasAll ? 0 : await madeHere(services)
      if (!sure && uploads + apart > 0) return setLosses({ uploads, apart })
      const { leave } = await import('@/sign_in/leave.ts')
      await leave(services, everywhere, await placeAfter(services, by))
    } catch (error) {
      const { code, message } = asBackendError(error)
      setFault(errorText(text, code, message))
      announce(errorText(text, code, message), 'assertive')
    } finally {
      setLeaving(false)
    }
  }
  return { losses, leaving, fault, begin, stay: () => setLosses(null) }
}

function Losses({ uploads, apart, onStay, onGo }: Lost & { onStay: () => void; onGo: () => void }) {
  const words = useWords()
  const { feed } = useServices()
  return (
    <Dialog title={words.signOutAsk} onClose={onStay}>
      {uploads > 0 && <p className="mt-3 text-sm">{words.losesUploads(uploads)}</p>}
      {apart > 0 && <p className="mt-3 text-sm text-warn">{words.losesApart(apart)}</p>}
      <div className="mt-6 flex flex-wrap justify-end gap-2">
        <Button onClick={onStay}>{words.stay}</Button>
        {apart > 0 && <Button onClick={() => void feed.give().then(onStay)}>{words.takeAlong}</Button>}
        <Button kind="danger" onClick={onGo}>
          {words.signOut}
        </Button>
      </div>
    </Dialog>
  )
}
