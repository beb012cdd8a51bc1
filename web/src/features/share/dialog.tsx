import { useCallback, useEffect, useState } from 'react'
import { asBackendError, type BackendError } from '@/backend/backend.ts'
import type { NewShare, Share } from '@/backend/shares.ts'
import type { JobRef } from '@/backend/types.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Select } from '@/ui/field.tsx'
import { useServices } from '../services.ts'
import { LinkField } from './link_field.tsx'
import { Links } from './links.tsx'
import { useWords } from './words.ts'

const DAY_S = 86_400
const LIVES = { day: DAY_S, week: 7 * DAY_S, month: 30 * DAY_S, job: null } as const
type Life = keyof typeof LIVES
/** What a link shows beside the text as it is now. */
const INCLUDABLE = ['media', 'history'] as const
type Included = Record<(typeof INCLUDABLE)[number], boolean>

interface Props {
  jobRef: JobRef
  name: string
  onClose: () => void
}

/** Links that let others read a job: made, listed, revoked. */
export function ShareDialog({ jobRef, name, onClose }: Props) {
  const text = useText()
  const words = useWords()
  const { backend } = useServices()
  const { shares, load } = useShares(jobRef)
  const [made, setMade] = useState<NewShare | null>(null)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<BackendError | null>(null)

  /** `step` gives what is to be shown of it: together with the new list, so that nothing moves away under the pointer. */
  const act = async (step: () => Promise<() => void>): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      const show = await step()
      await load()
      show()
    } catch (error) {
      const refused = asBackendError(error)
      setFault(refused)
      announce(errorText(text, refused.code, refused.message), 'assertive')
    } finally {
      setBusy(false)
    }
  }
  const create = (life: Life, include: Included): Promise<void> =>
    act(async () => {
      const link = await backend.createShare(jobRef, LIVES[life], include)
      return () => setMade(link)
    })
  const revoke = (id: string): Promise<void> =>
    act(async () => {
      await backend.revokeShare(jobRef, id)
      return () => {
        setMade((now) => (now?.share_id === id ? null : now))
        announce(words.revoked)
      }
    })

  const shown = fault ?? (shares instanceof Array ? null : shares)
  return (
    <Dialog wide title={words.titleOf(name)} onClose={onClose}>
      <p className="mt-2 text-sm text-muted">{words.about}</p>
      {made ? <LinkField token={made.token} onAnother={() => setMade(null)} /> : <NewLink busy={busy} onCreate={create} />}
      {shown && (
        <p role="alert" className="mt-4 text-sm text-danger">
          {errorText(text, shown.code, shown.message)}
        </p>
      )}
      {shares instanceof Array && shares.length > 0 && (
        <Links shares={shares} newest={made?.share_id ?? null} busy={busy} onRevoke={(id) => void revoke(id)} />
      )}
      <div className="mt-6 flex justify-end">
        <Button onClick={onClose}>{text.app.close}</Button>
      </div>
    </Dialog>
  )
}

function NewLink({ busy, onCreate }: { busy: boolean; onCreate: (life: Life, include: Included) => Promise<void> }) {
  const words = useWords()
  const [life, setLife] = useState<Life>('week')
  const [included, setIncluded] = useState<Included>({ media: false, history: false })
  return (
    <form
      className="mt-4 grid gap-4 sm:grid-cols-2"
      onSubmit={(event) => {
        event.preventDefault()
        void onCreate(life, included)
      }}
    >
      <Select label={words.expires} value={life} onChange={(event) => setLife(event.target.value as Life)}>
        {(Object.keys(LIVES) as Life[]).map((one) => (
          <option key={one} value={one}>
            {words.lives[one]}
          </option>
        ))}
      </Select>
      <div className="self-end">
        {INCLUDABLE.map((what) => (
          <label key={what} className="flex min-h-11 cursor-pointer items-center gap-3 text-sm">
            <input
              type="checkbox"
              className="size-5 shrink-0 accent-(--accent)"
              checked={included[what]}
              onChange={({ target }) => setIncluded((now) => ({ ...now, [what]: target.checked }))}
            />
            <span>{words.include[what]}</span>
          </label>
        ))}
      </div>
      <div className="sm:col-span-2">
        <Button type="submit" kind="primary" disabled={busy}>
          {words.create}
        </Button>
      </div>
    </form>
  )
}

/** The links of a job as the server knows them, or why it does not tell; null while it is asked. */
function useShares(ref: JobRef): { shares: Share[] | BackendError | null; load: () => Promise<void> } {
  const { backend } = useServices()
  const [shares, setShares] = useState<Share[] | BackendError | null>(null)
  const { id, token } = ref
  const load = useCallback(async () => {
    setShares(await backend.shares({ id, token }).catch(asBackendError))
  }, [backend, id, token])
  useEffect(() => {
    const again = (): void => void load()
    again()
    addEventListener('focus', again) // somebody may have opened a link meanwhile
    return () => removeEventListener('focus', again)
  }, [load])
  return { shares, load }
}
