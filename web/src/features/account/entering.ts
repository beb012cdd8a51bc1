/** From a token of somebody else's to a session of our server, and to where people were; and where to go after it. */
import { signInByOidc, signInBySupabase } from '@/backend/account.ts'
import type { SignInWays } from '@/backend/facts.ts'
import type { Way } from '@/library/identity.ts'
import { takeBegun } from '@/sign_in/begun.ts'
import { deviceName } from '@/sign_in/device.ts'
import type { Entered, SupabaseSignIn } from '@/sign_in/supabase.ts'
import type { Services } from '../services.ts'

export const loadOidc = () => import('@/sign_in/oidc.ts')
export const loadSupabase = () => import('@/sign_in/supabase.ts')

/** Why nobody is signed in although nothing failed: it was begun elsewhere, somebody said no, or there is no such way. */
export class NoSignIn extends Error {
  constructor(readonly why: 'notHere' | 'cancelled' | 'nobody') {
    super(why)
  }
}

export interface CameBack {
  to: string
  /** Somebody forgot a password and is to choose another one first. */
  recovering: { client: SupabaseSignIn; entered: Entered } | null
}

/** `query`: what an issuer, Supabase or the link of a mail has put into the address. Rejects with NoSignIn, BackendError or
 *  SupabaseFault. */
export async function comeBack(services: Services, query: URLSearchParams): Promise<CameBack> {
  const { sign_in: ways } = await services.config.get()
  return query.has('state') ? fromIssuer(services, query) : fromSupabase(services, ways.supabase, query)
}

async function fromIssuer({ apiUrl, identity }: Services, query: URLSearchParams): Promise<CameBack> {
  const { answerOf } = await loadOidc()
  const begun = takeBegun()
  if (query.has('error')) throw new NoSignIn('cancelled')
  const answer = answerOf(query, begun)
  if (answer === null || begun === null) throw new NoSignIn('notHere')
  identity.enterAccount(await signInByOidc(apiUrl, answer, deviceName()), 'oidc')
  return { to: begun.to, recovering: null }
}

async function fromSupabase(services: Services, project: SignInWays['supabase'], query: URLSearchParams): Promise<CameBack> {
  if (project === null) throw new NoSignIn('nobody')
  const { cameFrom, SupabaseFault, SupabaseSignIn } = await loadSupabase()
  const refused = query.get('error_code') ?? query.get('error')
  if (refused === 'access_denied') throw new NoSignIn('cancelled')
  if (refused !== null) throw new SupabaseFault(refused)
  const code = query.get('code')
  if (code === null) throw new NoSignIn('notHere')
  const client = new SupabaseSignIn(project)
  const entered = await client.byCode(code)
  const to = cameFrom()
  if (entered.recovering) return { to, recovering: { client, entered } }
  await enter(services, client, entered)
  return { to, recovering: null }
}

/** Rejects with BackendError; Supabase's session is forgotten all the same. */
export async function enter({ apiUrl, identity }: Services, client: SupabaseSignIn, { accessToken }: Entered): Promise<void> {
  try {
    identity.enterAccount(await signInBySupabase(apiUrl, accessToken, deviceName()), 'supabase')
  } finally {
    await client.forget().catch((fault: unknown) => console.info('Supabase keeps a session until it runs out.', fault))
  }
}

/** Where to go once nobody is signed in any more: an issuer has a session of its own, which would let the next one in without a
 *  word. */
export async function placeAfter({ config }: Services, by: Way | null): Promise<string> {
  const issuer = by === 'oidc' ? (await config.get()).sign_in.oidc : null
  return (issuer && (await loadOidc()).endSessionUrl(issuer)) ?? '/'
}
