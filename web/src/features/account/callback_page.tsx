import { useEffect, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useText } from '@/i18n/language.ts'
import { CALLBACK } from '@/sign_in/begun.ts'
import { announce, tell } from '@/ui/announcer.tsx'
import { Button, buttonClass } from '@/ui/button.tsx'
import { useServerConfig, useServices } from '../services.ts'
import { type CameBack, comeBack, enter, loadOidc } from './entering.ts'
import { faultWords } from './fault_words.ts'
import { PasswordField } from './password_field.tsx'
import { useWords } from './words.ts'

/** `/sign-in/callback`: where an issuer, Supabase and the link of a mail send people back to. */
export function CallbackPage() {
  const words = useWords()
  const services = useServices()
  const [, navigate] = useLocation()
  const [recovering, setRecovering] = useState<CameBack | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const begun = useRef(false)
  useEffect(() => {
    if (begun.current) return // React mounts twice in development, and a code is good for once
    begun.current = true
    const query = new URLSearchParams(location.search)
    history.replaceState(history.state, '', CALLBACK) // the code is in no history, no screenshot and no referrer
    comeBack(services, query).then(
      (back) => {
        if (back.recovering) return setRecovering(back)
        tell(words.signedIn)
        navigate(back.to, { replace: true })
      },
      (refused: unknown) => setFault(refused),
    )
  }, [services, navigate, words])
  if (recovering?.recovering) return <NewPassword {...recovering.recovering} to={recovering.to} />
  if (fault !== null) return <Failed fault={fault} />
  return <p className="p-6 text-center text-muted">{words.signingIn}</p>
}

function Failed({ fault }: { fault: unknown }) {
  const words = useWords()
  const text = useText()
  const issuer = useServerConfig()?.sign_in.oidc ?? null
  const { line, notAllowed } = faultWords(fault, words, text)
  useEffect(() => announce(line, 'assertive'), [line])
  const leaveIssuer = async (): Promise<void> => {
    const { endSessionUrl } = await loadOidc()
    location.assign((issuer && endSessionUrl(issuer)) ?? '/sign-in')
  }
  return (
    <div className="mx-auto grid max-w-[32rem] justify-items-start gap-4 px-4 py-12">
      <h1 className="text-xl font-semibold">{words.failedTitle}</h1>
      <p>{line}</p>
      {notAllowed && issuer?.end_session_endpoint ? (
        <Button onClick={() => void leaveIssuer()}>{words.another}</Button>
      ) : (
        <Link href="/sign-in" className={buttonClass('primary')}>
          {words.tryAgain}
        </Link>
      )}
    </div>
  )
}

function NewPassword({ client, entered, to }: NonNullable<CameBack['recovering']> & { to: string }) {
  const words = useWords()
  const text = useText()
  const services = useServices()
  const [, navigate] = useLocation()
  const [password, setPassword] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const save = async (): Promise<void> => {
    try {
      await client.changePassword(password)
      await enter(services, client, entered)
      tell(words.signedIn)
      navigate(to, { replace: true })
    } catch (refused) {
      setFault(faultWords(refused, words, text).line)
    }
  }
  return (
    <form
      className="mx-auto grid max-w-[26rem] gap-4 p-4 sm:py-12"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <h1 className="text-2xl font-semibold">{words.resetTitle}</h1>
      <PasswordField fresh value={password} onChange={setPassword} />
      {fault && (
        <p role="alert" className="text-sm text-danger">
          {fault}
        </p>
      )}
      <Button type="submit" kind="primary">
        {words.savePassword}
      </Button>
    </form>
  )
}
