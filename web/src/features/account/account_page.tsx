import { type ReactNode, useId, useState } from 'react'
import { Link } from 'wouter'
import { date } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import { buttonClass } from '@/ui/button.tsx'
import { useIdentity } from '../services.ts'
import { DeleteAccount, type Farewell } from './delete_account.tsx'
import { Deleted } from './deleted.tsx'
import { Devices } from './devices.tsx'
import { Keys } from './keys.tsx'
import { SignOut } from './sign_out.tsx'
import { Usage } from './usage.tsx'
import { useAccount } from './use_account.ts'
import { useWords } from './words.ts'

/** `/account`: what is somebody's own beside their recordings. */
export function AccountPage() {
  const words = useWords()
  const text = useText()
  const locale = useLanguage()
  const { kind, token } = useIdentity()
  const { account, fault } = useAccount()
  const [told, setTold] = useState<Farewell | null>(null)
  if (told) return <Deleted {...told} />
  if (kind === 'browser' || token === null) return <SignedOut />
  const name = kind === 'machine' ? words.machine : (account?.name ?? account?.email ?? words.someone)
  return (
    <div className="mx-auto grid max-w-[45rem] grid-cols-1 gap-8 p-4 sm:py-8">
      <div className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1">
          <h1 className="text-2xl font-semibold break-words">{name}</h1>
          <p className="mt-1 text-sm text-muted">
            {[account?.email, account?.created_at && words.since(date(locale, account.created_at))].filter(Boolean).join(' · ')}
          </p>
        </div>
        {account?.admin && (
          <Link href="/admin" className={buttonClass()}>
            {words.admin}
          </Link>
        )}
      </div>
      {fault && (
        <p role="alert" className="text-sm text-danger">
          {errorText(text, fault.code, fault.message)}
        </p>
      )}
      <Section title={words.usage} about={words.usageAbout}>
        <Usage token={token} />
      </Section>
      <Section title={words.devices} about={words.devicesAbout}>
        <Devices token={token} />
      </Section>
      <Section title={words.keys} about={words.keysAbout}>
        <Keys token={token} admin={account?.admin === true} />
      </Section>
      <Section title={words.leaving} about={words.signOutAbout}>
        <div className="flex flex-wrap gap-2">
          <SignOut />
          <SignOut everywhere />
        </div>
        <p className="mt-2 text-sm text-muted">{words.signOutAllAbout}</p>
      </Section>
      {account?.owner === 'account' && (
        <Section title={words.delete} about={words.deleteAbout}>
          <DeleteAccount token={token} name={account.email ?? name} onDeleted={setTold} />
        </Section>
      )}
    </div>
  )
}

function Section({ title, about, children }: { title: string; about: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="text-lg font-semibold">
        {title}
      </h2>
      <p className="mt-1 mb-3 text-sm text-muted">{about}</p>
      {children}
    </section>
  )
}

function SignedOut() {
  const words = useWords()
  return (
    <div className="mx-auto grid max-w-[32rem] justify-items-start gap-4 px-4 py-12">
      <h1 className="text-xl font-semibold">{words.notSignedIn}</h1>
      <Link href="/sign-in?to=/account" className={buttonClass('primary')}>
        {words.signIn}
      </Link>
    </div>
  )
}
