import { useState } from 'react'
import { deleteAccount } from '@/backend/account.ts'
import { asBackendError } from '@/backend/backend.ts'
import type { Deletion } from '@/backend/deletion.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Input } from '@/ui/field.tsx'
import { useIdentity, useServices } from '../services.ts'
import { placeAfter } from './entering.ts'
import { useWords } from './words.ts'

/** `next`: where to go once it was read. */
export interface Farewell {
  all: readonly Deletion[]
  next: string
}

/** Asks for a word, and deletes everything. */
export function DeleteAccount({ token, name, onDeleted }: { token: string; name: string; onDeleted: (told: Farewell) => void }) {
  const words = useWords()
  const { go, busy, fault } = useDeletion(token, onDeleted)
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  return (
    <>
      <Button kind="danger" onClick={() => setOpen(true)}>
        {words.delete}
      </Button>
      {open && (
        <Dialog title={words.deleteAsk(name)} onClose={() => setOpen(false)}>
          <form
            className="mt-3 grid gap-4"
            onSubmit={(event) => {
              event.preventDefault()
              void go()
            }}
          >
            <p className="text-sm">{words.deleteAbout}</p>
            <Input label={words.deleteType(words.deleteWord)} autoComplete="off" value={typed} onChange={(event) => setTyped(event.target.value)} />
            {fault && (
              <p role="alert" className="text-sm text-danger">
                {fault}
              </p>
            )}
            <div className="flex flex-wrap justify-end gap-2">
              <Button onClick={() => setOpen(false)}>{words.deleteNot}</Button>
              <Button type="submit" kind="danger" disabled={busy || typed.trim() !== words.deleteWord}>
                {words.deleteYes}
              </Button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  )
}

function useDeletion(token: string, onDeleted: (told: Farewell) => void) {
  const text = useText()
  const services = useServices()
  const { by } = useIdentity()
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const go = async (): Promise<void> => {
    setBusy(true)
    try {
      // All that is needed afterwards comes first: the session is over then, and this browser must not be left full.
      const [{ forgetHere }, next] = await Promise.all([import('@/sign_in/leave.ts'), placeAfter(services, by)])
      const all = await deleteAccount(services.apiUrl, token)
      onDeleted({ all, next })
      await services.identity.signOut()
      await forgetHere()
    } catch (error) {
      const { code, message } = asBackendError(error)
      setFault(errorText(text, code, message))
      setBusy(false)
    }
  }
  return { go, busy, fault }
}
