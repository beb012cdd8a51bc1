import { useState } from 'react'
import { asBackendError, type BackendError } from '@/backend/backend.ts'
import { errorText, useText } from '@/i18n/language.ts'
import type { Conflict, TranscriptSession } from '@/transcript/session.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Changes } from './changes.tsx'

interface Props {
  session: TranscriptSession
  conflict: Conflict
  /** For now: it is asked again. */
  onLater: () => void
}

/** Two have changed the same paragraphs: one text becomes the newest, the other stays among the versions. */
export function ConflictDialog({ session, conflict, onLater }: Props) {
  const text = useText()
  const { editor } = text
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<BackendError | null>(null)
  const choose = async (choice: 'mine' | 'theirs'): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      await session.resolve(choice)
      announce(editor.resolved)
    } catch (error) {
      setFault(asBackendError(error))
    }
    setBusy(false)
  }
  return (
    <Dialog wide title={editor.conflict} onClose={onLater}>
      <p className="mt-2 text-sm">{editor.conflictAbout}</p>
      <Changes one={conflict.mine} other={conflict.theirs} names={[editor.yours, editor.theirs]} language={conflict.theirs.language} />
      {fault && (
        <p role="alert" className="mt-3 text-sm text-danger">
          {errorText(text, fault.code, fault.message)}
        </p>
      )}
      <p className="mt-4 flex flex-wrap justify-end gap-2">
        <Button disabled={busy} onClick={() => void choose('theirs')}>
          {editor.takeTheirs}
        </Button>
        <Button kind="primary" disabled={busy} onClick={() => void choose('mine')}>
          {editor.keepMine}
        </Button>
      </p>
    </Dialog>
  )
}
