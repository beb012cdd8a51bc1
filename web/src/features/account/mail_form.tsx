import { useState } from 'react'
import { Button } from '@/ui/button.tsx'
import { Input } from '@/ui/field.tsx'
import { PasswordField } from './password_field.tsx'
import type { Progress, Step } from './use_supabase.ts'
import { useWords } from './words.ts'

/** What is asked for: to sign in by a password, a new account, a link that signs in, another password. */
const PURPOSES = ['password', 'sign-up', 'link', 'reset'] as const
type Purpose = (typeof PURPOSES)[number]

interface Props {
  providers: readonly string[]
  progress: Progress
  act: (step: Step, mailTo?: string) => Promise<void>
  to: string
}

export function MailForm({ providers, progress, act, to }: Props) {
  const words = useWords()
  const passwords = providers.includes('password')
  const possible = PURPOSES.filter((one) => (one === 'link' ? providers.includes('magic_link') : passwords))
  const [purpose, setPurpose] = useState<Purpose>(passwords ? 'password' : 'link')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const withPassword = purpose === 'password' || purpose === 'sign-up'
  const send = (): Promise<void> => {
    if (purpose === 'password') return act((client) => client.byPassword(email, password))
    if (purpose === 'sign-up') return act((client) => client.signUp(email, password, to), email)
    return act(async (client) => (await (purpose === 'link' ? client.mailLink(email, to) : client.mailReset(email, to)), null), email)
  }
  const title: Record<Purpose, string> = { password: words.signIn, 'sign-up': words.signUp, link: words.sendLink, reset: words.resetSend }
  const offer: Record<Purpose, string> = {
    password: purpose === 'sign-up' ? words.signUpHave : words.withPassword,
    'sign-up': words.signUp,
    link: words.mailLink,
    reset: words.forgot,
  }
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <Input label={words.email} type="email" name="email" autoComplete="username" required value={email} onChange={(event) => setEmail(event.target.value)} />
      {withPassword && <PasswordField fresh={purpose === 'sign-up'} value={password} onChange={setPassword} />}
      <Button type="submit" kind="primary" disabled={progress.busy}>
        {title[purpose]}
      </Button>
      {progress.fault && (
        <p role="alert" className="text-sm text-danger">
          {progress.fault}
        </p>
      )}
      {progress.sent && <p className="text-sm text-ok">{words.sent(progress.sent)}</p>}
      <div className="flex flex-wrap gap-x-2">
        {possible
          .filter((one) => one !== purpose)
          .map((one) => (
            <Button key={one} small kind="quiet" className="text-accent" onClick={() => setPurpose(one)}>
              {offer[one]}
            </Button>
          ))}
      </div>
    </form>
  )
}
