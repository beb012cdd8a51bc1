import { useId, useState } from 'react'
import { asBackendError } from '@/backend/backend.ts'
import { readKey, shownKey } from '@/library/key.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Input } from '@/ui/field.tsx'
import { linkBase } from '../link_base.ts'
import { useServerConfig, useServices } from '../services.ts'
import { CopyField } from './copy_field.tsx'
import { Qr } from './qr.tsx'
import { useWords } from './words.ts'

/** The key of this browser's library: shown when it is asked for, brought to another device, replaced, or another one entered. */
export function KeyDialog({ onClose }: { onClose: () => void }) {
  const words = useWords()
  const text = useText()
  const { identity } = useServices()
  const config = useServerConfig()
  const [key, setKey] = useState<string | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  const { base, reach } = linkBase(config)
  const attempt = async (step: () => Promise<string>): Promise<void> => {
    setFault(null)
    try {
      const sentence = await step()
      setSaid(sentence)
      announce(sentence)
    } catch (error) {
      const { code, message } = asBackendError(error)
      setFault(errorText(text, code, message))
    }
  }
  const renew = (): Promise<void> => attempt(async () => (setKey(await identity.renewKey()), words.keyMade))
  const enter = (typed: string): Promise<void> => attempt(async () => (await identity.enter(typed), setKey(null), words.keyUsed))
  return (
    <Dialog wide title={words.recovery} onClose={onClose}>
      <p className="mt-2 text-sm text-muted">{words.keyAbout}</p>
      <p className="mt-2 text-sm text-warn">{words.keySecret}</p>
      <div className="mt-4">
        <Button aria-expanded={key !== null} onClick={() => setKey(key === null ? identity.ownKey() : null)}>
          {key === null ? words.keyShow : words.keyHide}
        </Button>
      </div>
      {key !== null && (
        <div className="mt-4 flex flex-wrap items-start gap-4">
          {reach === 'network' && <Qr text={`${base}/#library=${key}`} label={words.qr} />}
          <div className="grid min-w-0 flex-1 basis-56 gap-2">
            <CopyField mono label={words.key} value={shownKey(key)} />
            {reach === 'network' && <p className="text-sm text-muted">{words.anotherAbout}</p>}
          </div>
        </div>
      )}
      {said && <p className="mt-3 text-sm text-ok">{said}</p>}
      {fault && (
        <p role="alert" className="mt-3 text-sm text-danger">
          {fault}
        </p>
      )}
      <Enter onEnter={enter} />
      <details className="mt-4 border-t border-line pt-3 text-sm">
        <summary className="min-h-8 max-sm:min-h-11">{words.keyNew}</summary>
        <p className="my-2 text-muted">{words.keyNewText}</p>
        <Button kind="danger" onClick={() => void renew()}>
          {words.keyNewYes}
        </Button>
      </details>
      <div className="mt-5 flex justify-end">
        <Button onClick={onClose}>{text.app.close}</Button>
      </div>
    </Dialog>
  )
}

function Enter({ onEnter }: { onEnter: (key: string) => Promise<void> }) {
  const words = useWords()
  const [typed, setTyped] = useState('')
  const [wrong, setWrong] = useState(false)
  const id = useId()
  return (
    <form
      aria-labelledby={id}
      className="mt-5 grid gap-2 border-t border-line pt-4"
      onSubmit={(event) => {
        event.preventDefault()
        const key = readKey(typed)
        setWrong(key === null)
        if (key === null) announce(words.keyWrong, 'assertive')
        else void onEnter(key).then(() => setTyped(''))
      }}
    >
      <h3 id={id} className="text-base font-semibold">
        {words.keyEnter}
      </h3>
      <p className="text-sm text-muted">{words.keyEnterAbout}</p>
      <Input
        label={words.keyField}
        value={typed}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        placeholder="XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XX"
        aria-invalid={wrong}
        onChange={(event) => (setTyped(event.target.value), setWrong(false))}
      />
      {wrong && <p className="text-sm text-danger">{words.keyWrong}</p>}
      <div>
        <Button type="submit">{words.keyUse}</Button>
      </div>
    </form>
  )
}
