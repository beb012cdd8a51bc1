/** Supabase Auth, as far as a token that our server takes for a session of its own. What Supabase's client would keep in the
 *  browser is held in memory and forgotten, all but the secret of a link that a mail brings back, perhaps into another tab. */
import { type AuthError, createClient, type Session } from '@supabase/supabase-js'
import type { SignInWays } from '@/backend/facts.ts'
import { callbackUrl, ownPath } from './begun.ts'
import type { Social } from './social.ts'

export type Project = NonNullable<SignInWays['supabase']>
type Auth = ReturnType<typeof createClient>['auth']

const STORAGE_KEY = 'aisubs.supabase'
const TO_KEY = `${STORAGE_KEY}.to`

/** `code`: Supabase's own (https://supabase.com/docs/guides/auth/debugging/error-codes); 'offline' without an answer. */
export class SupabaseFault extends Error {
  constructor(readonly code: string) {
    super(code)
    this.name = 'SupabaseFault'
  }
}

export interface Entered {
  accessToken: string
  /** Somebody forgot a password, and is to choose another one. */
  recovering: boolean
}

export class SupabaseSignIn {
  private readonly auth: Auth

  constructor({ url, key }: Project) {
    const { auth } = createClient(url, key, {
      auth: { storageKey: STORAGE_KEY, storage: mostlyMemory(), flowType: 'pkce', autoRefreshToken: false, detectSessionInUrl: false },
    })
    this.auth = auth
  }

  /** Rejects with SupabaseFault, as all of these. */
  async byPassword(email: string, password: string): Promise<Entered> {
    const { session } = told(await this.auth.signInWithPassword({ email, password }))
    return entered(session)
  }

  /** Null: a mail is on its way, whose link confirms the address. */
  async signUp(email: string, password: string, to: string): Promise<Entered | null> {
    const { session } = told(await this.auth.signUp({ email, password, options: { emailRedirectTo: comeBack(to) } }))
    return session && entered(session)
  }

  async mailLink(email: string, to: string): Promise<void> {
    told(await this.auth.signInWithOtp({ email, options: { emailRedirectTo: comeBack(to) } }))
  }

  async mailReset(email: string, to: string): Promise<void> {
    told(await this.auth.resetPasswordForEmail(email, { redirectTo: comeBack(to) }))
  }

  /** The address to go to. */
  async social(provider: Social, to: string): Promise<string> {
    const options = { redirectTo: comeBack(to), skipBrowserRedirect: true }
    return told(await this.auth.signInWithOAuth({ provider, options })).url
  }

  /** By what came back in the address, in the browser that asked for it. */
  async byCode(code: string): Promise<Entered> {
    const answer = told(await this.auth.exchangeCodeForSession(code)) as { session: Session; redirectType?: string | null }
    return entered(answer.session, answer.redirectType === 'recovery')
  }

  async changePassword(password: string): Promise<void> {
    told(await this.auth.updateUser({ password }))
  }

  /** Our server has its own session now. */
  async forget(): Promise<void> {
    await this.auth.signOut({ scope: 'local' })
    localStorage.removeItem(TO_KEY)
  }
}

/** Where somebody was who now comes back by a link. */
export const cameFrom = (): string => ownPath(localStorage.getItem(TO_KEY))

function comeBack(to: string): string {
  localStorage.setItem(TO_KEY, to)
  return callbackUrl()
}

function told<A extends { data: unknown; error: AuthError | null }>({ data, error }: A): Extract<A, { error: null }>['data'] {
  if (error) throw new SupabaseFault(error.code ?? (error.status ? 'unexpected_failure' : 'offline'))
  return data
}

function entered(session: Session | null, recovering = false): Entered {
  if (session === null) throw new SupabaseFault('unexpected_failure')
  return { accessToken: session.access_token, recovering }
}

function mostlyMemory(): { getItem(key: string): string | null; setItem(key: string, value: string): void; removeItem(key: string): void } {
  const held = new Map<string, string>()
  const onDisk = (key: string): boolean => key.endsWith('-code-verifier')
  return {
    getItem: (key) => (onDisk(key) ? localStorage.getItem(key) : (held.get(key) ?? null)),
    setItem: (key, value) => void (onDisk(key) ? localStorage.setItem(key, value) : held.set(key, value)),
    removeItem: (key) => void (onDisk(key) ? localStorage.removeItem(key) : held.delete(key)),
  }
}
