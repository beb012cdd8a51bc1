import { useEffect, useState } from 'react'
import { asBackendError, type BackendError } from '@/backend/backend.ts'
import type { Revisions, TranscriptBody } from '@/backend/transcripts.ts'
import type { JobRef } from '@/backend/types.ts'
import { dateTime } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import type { TranscriptSession } from '@/transcript/session.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { useServices } from '../services.ts'
import { Changes } from './changes.tsx'
import { landmarks } from './landmarks.ts'

interface Props {
  jobRef: JobRef
  session: TranscriptSession
  onClose: () => void
}

/** Every text that there was, the machine's among them, to look at and to go back to. */
export function Versions({ jobRef, session, onClose }: Props) {
  const text = useText()
  const { editor } = text
  const { backend } = useServices()
  const { id, token } = jobRef
  const [list, setList] = useState<Revisions | null>(null)
  const [every, setEvery] = useState(false)
  const [shown, setShown] = useState<TranscriptBody | null>(null)
  const [fault, setFault] = useState<BackendError | null>(null)
  useEffect(() => {
    let left = false
    const load = async (): Promise<void> => {
      await session.save()
      const found = await backend.revisions({ id, token })
      if (!left) setList(found)
    }
    load().catch((error: unknown) => !left && setFault(asBackendError(error)))
    return () => void (left = true)
  }, [backend, session, id, token])
  const attempt = (step: () => Promise<void>): void => {
    setFault(null)
    step().catch((error: unknown) => setFault(asBackendError(error)))
  }
  const look = (revision: number): void => attempt(async () => setShown(await session.revision(revision)))
  const restore = (revision: number): void =>
    attempt(async () => {
      await session.restore(revision)
      announce(editor.versionRestored)
      onClose()
    })
  const revisions = list && (every ? list.revisions : landmarks(list.revisions))
  return (
    <Dialog wide title={shown ? editor.versionOf(shown.revision) : editor.versions} onClose={onClose}>
      {fault && (
        <p role="alert" className="mt-3 text-sm text-danger">
          {errorText(text, fault.code, fault.message)}
        </p>
      )}
      {shown ? (
        <Look body={shown} session={session} onBack={() => setShown(null)} onRestore={() => restore(shown.revision)} />
      ) : (
        <>
          {!revisions && !fault && <p className="mt-4 text-sm text-muted">{editor.loading}</p>}
          {revisions && (
            <ul className="mt-4 grid max-h-[60vh] gap-1 overflow-y-auto">
              {revisions.map((one) => (
                <Row key={one.revision} {...one} newest={list.newest} onLook={look} onRestore={restore} />
              ))}
              <Row revision={0} saved_at={null} changes={0} restored_from={null} newest={list.newest} onLook={look} onRestore={restore} />
            </ul>
          )}
          {list && landmarks(list.revisions).length < list.revisions.length && (
            <label className="mt-3 flex min-h-11 items-center gap-2 text-sm">
              <input type="checkbox" className="size-4" checked={every} onChange={(event) => setEvery(event.target.checked)} />
              {editor.everySave(list.revisions.length)}
            </label>
          )}
          <p className="mt-4 flex justify-end">
            <Button onClick={onClose}>{text.app.close}</Button>
          </p>
        </>
      )}
    </Dialog>
  )
}

interface RowProps {
  revision: number
  saved_at: string | null
  changes: number
  restored_from: number | null
  newest: number
  onLook: (revision: number) => void
  onRestore: (revision: number) => void
}

function Row({ revision, saved_at, changes, restored_from, newest, onLook, onRestore }: RowProps) {
  const { editor: text } = useText()
  const language = useLanguage()
  const when = saved_at === null ? text.machineText : dateTime(language, saved_at)
  const what = [
    revision === newest && text.newest,
    saved_at !== null && text.changes(changes),
    restored_from !== null && text.restoredFrom(restored_from),
  ].filter(Boolean)
  return (
    <li className="flex flex-wrap items-center gap-2 border-b border-line py-1">
      <span className="min-w-0 flex-1">
        <span className="block text-sm font-medium">{when}</span>
        <span className="block text-xs text-muted">{what.join(' · ')}</span>
      </span>
      <Button small aria-label={`${text.look}: ${when}`} onClick={() => onLook(revision)}>
        {text.look}
      </Button>
      {revision !== newest && (
        <Button small aria-label={`${text.goBack}: ${when}`} onClick={() => onRestore(revision)}>
          {text.goBack}
        </Button>
      )}
    </li>
  )
}

interface LookProps {
  body: TranscriptBody
  session: TranscriptSession
  onBack: () => void
  onRestore: () => void
}

function Look({ body, session, onBack, onRestore }: LookProps) {
  const { editor: text } = useText()
  return (
    <>
      <p className="mt-2 text-sm text-muted">{text.lookAbout}</p>
      <Changes one={body} other={session.getSnapshot()} names={[text.then, text.now]} language={body.language} />
      <p className="mt-4 flex flex-wrap justify-end gap-2">
        <Button onClick={onBack}>{text.back}</Button>
        <Button kind="primary" onClick={onRestore}>
          {text.goBack}
        </Button>
      </p>
    </>
  )
}
