import { Suspense, useState } from 'react'
import { Link, useSearch } from 'wouter'
import type { SignInWays } from '@/backend/facts.ts'
import { useText } from '@/i18n/language.ts'
import { ownPath } from '@/sign_in/begun.ts'
import { Button, buttonClass } from '@/ui/button.tsx'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import { useIdentity, useServerConfig } from '../services.ts'
import { loadOidc } from './entering.ts'
import { useAccount } from './use_account.ts'
import { useWords } from './words.ts'

const SupabaseForms = lazyChunk(() => import('./supabase_forms.tsx'), 'SupabaseForms')

/** `/sign-in?to=/library`: every way in that the server has, and back to where somebody was. */
export function SignInPage() {
  const words = useWords()
  const text = useText()
  const to = ownPath(new URLSearchParams(useSearch()).get('to'))
  const { kind } = useIdentity()
  const config = useServerConfig()
  return (
    <div className="mx-auto grid max-w-[26rem] gap-5 p-4 sm:py-12">
      <div>
        <h1 className="text-2xl font-semibold">{words.signIn}</h1>
        <p className="mt-1 text-sm text-muted">{words.signInAbout}</p>
      </div>
      {kind === 'account' ? <Already to={to} /> : config ? <Ways ways={config.sign_in} to={to} /> : <p className="text-muted">{text.app.loading}</p>}
    </div>
  )
}

function Ways({ ways, to }: { ways: SignInWays; to: string }) {
  const words = useWords()
  const { link, oidc, supabase } = ways
  return (
    <>
      {oidc && <ByIssuer issuer={oidc} to={to} />}
      {oidc && supabase && <p className="text-center text-sm text-muted">{words.or}</p>}
      {supabase && (
        <Suspense>
          <SupabaseForms project={supabase} to={to} />
        </Suspense>
      )}
      {link && (
        <p className="text-sm text-muted">
          {words.linkHow} <code>aisubs link</code> {words.linkHowEnd}
        </p>
      )}
      {!link && !oidc && !supabase && <p>{words.nobody}</p>}
    </>
  )
}

function ByIssuer({ issuer, to }: { issuer: NonNullable<SignInWays['oidc']>; to: string }) {
  const words = useWords()
  const [silent, setSilent] = useState(issuer.authorization_endpoint === null)
  const go = async (): Promise<void> => {
    const { begin } = await loadOidc()
    location.assign(await begin(issuer, to))
  }
  if (silent) {
    return (
      <div role="alert" className="grid justify-items-start gap-3">
        <p>{words.noAnswer(issuer.name)}</p>
        <Button onClick={() => location.reload()}>{words.tryAgain}</Button>
      </div>
    )
  }
  return (
    <Button kind="primary" onClick={() => void go().catch(() => setSilent(true))}>
      {words.continueWith(issuer.name)}
    </Button>
  )
}

function Already({ to }: { to: string }) {
  const words = useWords()
  const { account } = useAccount()
  return (
    <div className="grid justify-items-start gap-3">
      <p>{words.already(account?.name ?? account?.email ?? words.someone)}</p>
      <Link href={to} className={buttonClass('primary')}>
        {words.goOn}
      </Link>
    </div>
  )
}
