import { useEffect, useId, useMemo, useState } from 'react'
import { asBackendError, type BackendError } from '@/backend/backend.ts'
import type { JobRef } from '@/backend/types.ts'
import { type Suggestion, type VoiceList, voicesOverHttp } from '@/backend/voices.ts'
import { share } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import type { TranscriptSession } from '@/transcript/session.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { useIdentity, useServices } from '../services.ts'
import { useVoiceWords } from './voice_words.ts'

interface Props {
  jobRef: JobRef
  session: TranscriptSession
}

/** Whom the speakers may be, by voices that their owner has named before; and whose voices those are. */
export function KnownVoices({ jobRef, session }: Props) {
  const text = useText()
  const words = useVoiceWords()
  const { apiUrl } = useServices()
  const { token } = useIdentity()
  const voices = useMemo(() => voicesOverHttp(apiUrl), [apiUrl])
  const heading = useId()
  const { id, token: jobToken } = jobRef
  const [asked, setAsked] = useState<readonly Suggestion[]>([])
  const [known, setKnown] = useState<VoiceList | null>(null)
  const [fault, setFault] = useState<BackendError | null>(null)
  useEffect(() => {
    let left = false
    const load = async (): Promise<void> => {
      const [found, list] = await Promise.all([
        voices.suggested({ id, token: jobToken }),
        token === null ? null : voices.known(token),
      ])
      if (left) return
      setAsked(found)
      setKnown(list)
    }
    load().catch((error: unknown) => !left && setFault(asBackendError(error)))
    return () => void (left = true)
  }, [voices, id, jobToken, token])
  const attempt = (step: () => Promise<void>): void => {
    setFault(null)
    step().catch((error: unknown) => setFault(asBackendError(error)))
  }
  const answered = ({ speaker }: Suggestion): void => setAsked((all) => all.filter((one) => one.speaker !== speaker))
  const accept = (one: Suggestion): void => {
    if (session.apply({ kind: 'renameSpeaker', speaker: one.speaker, name: one.suggested_name })) announce(words.accepted(one.suggested_name))
    answered(one)
  }
  const decline = (one: Suggestion): void =>
    attempt(async () => {
      await voices.decline({ id, token: jobToken }, one.speaker)
      answered(one)
      announce(words.declined)
    })
  const remember = (enabled: boolean): void =>
    attempt(async () => {
      if (token === null) return
      setKnown(await voices.remember(token, enabled))
      if (!enabled) setAsked([])
    })
  const forget = (voiceId: string, name: string): void =>
    attempt(async () => {
      if (token === null) return
      await voices.forget(token, voiceId)
      setKnown(await voices.known(token))
      setAsked(await voices.suggested({ id, token: jobToken }))
      announce(words.forgotten(name))
    })
  if (!fault && !known && asked.length === 0) return null
  return (
    <section aria-labelledby={heading} className="edit-panel grid gap-3">
      <h2 id={heading} className="font-semibold">
        {words.title}
      </h2>
      {fault && (
        <p role="alert" className="text-sm text-danger">
          {errorText(text, fault.code, fault.message)}
        </p>
      )}
      {asked.map((one) => (
        <Question key={one.speaker} {...one} onYes={() => accept(one)} onNo={() => decline(one)} />
      ))}
      {known && <Remembered known={known} onSwitch={remember} onForget={forget} />}
    </section>
  )
}

function Question({ speaker, suggested_name: name, similarity, onYes, onNo }: Suggestion & { onYes: () => void; onNo: () => void }) {
  const words = useVoiceWords()
  const locale = useLanguage()
  const id = useId()
  return (
    <div role="group" aria-labelledby={id} className="flex flex-wrap items-center gap-2">
      <p id={id} className="text-sm">
        {words.isIt(speaker, name, share(locale, similarity))}
      </p>
      <Button small kind="primary" onClick={onYes}>
        {words.yes}
      </Button>
      <Button small onClick={onNo}>
        {words.no}
      </Button>
    </div>
  )
}

interface RememberedProps {
  known: VoiceList
  onSwitch: (enabled: boolean) => void
  onForget: (voiceId: string, name: string) => void
}

function Remembered({ known, onSwitch, onForget }: RememberedProps) {
  const words = useVoiceWords()
  const id = useId()
  return (
    <div className="grid gap-2 text-sm">
      <label className="flex items-center gap-2">
        <input type="checkbox" checked={known.enabled} aria-describedby={id} onChange={(event) => onSwitch(event.target.checked)} />
        {words.remember}
      </label>
      <p id={id} className="text-muted">
        {words.whatItIs}
      </p>
      <ul className="grid gap-1">
        {known.voices.map(({ voice_id: voiceId, name, recordings }) => (
          <li key={voiceId} className="flex flex-wrap items-center gap-2">
            {words.knownFrom(name, recordings)}
            <Button small kind="quiet" aria-label={words.forgetWhom(name)} onClick={() => onForget(voiceId, name)}>
              {words.forget}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  )
}
