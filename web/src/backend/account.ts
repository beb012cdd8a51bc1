/** What is an account's own: who it is, its keys for programs, what it has used of what it may, its end. It comes with the
 *  screens that show it. */
import * as v from 'valibot'
import { type Deletion, Deletions } from './deletion.ts'
import { Session } from './owner.ts'
import { read, send } from './wire.ts'

const optionalText = v.optional(v.nullable(v.string()), null)

const Account = v.object({
  owner: v.picklist(['machine', 'account']),
  account_id: optionalText,
  name: optionalText,
  email: optionalText,
  admin: v.boolean(),
  created_at: optionalText,
})
export type Account = v.InferOutput<typeof Account>

export const SCOPES = ['read', 'write', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

const key = {
  key_id: v.string(),
  name: v.string(),
  scopes: v.array(v.string()),
  created_at: v.string(),
  expires_at: optionalText,
}
const Key = v.object({ ...key, last_used_at: optionalText })
export type Key = v.InferOutput<typeof Key>
const Keys = v.object({ keys: v.array(Key) })
/** `token` is shown this once. */
const NewKey = v.object({ ...key, token: v.string() })
export type NewKey = v.InferOutput<typeof NewKey>

const Usage = v.object({
  limits: v.array(
    v.object({
      name: v.string(),
      /** Null: as much as one likes. */
      limit: v.nullable(v.number()),
      used: v.number(),
      resets_at: optionalText,
    }),
  ),
})
export type Limit = v.InferOutput<typeof Usage>['limits'][number]

/** What came back from an OpenID Connect issuer; the server trades it for an account. */
export interface OidcAnswer {
  code: string
  code_verifier: string
  nonce: string
  redirect_uri: string
}

const asOwner = (token: string): { ref: { id: string; token: string }; timeoutMs: number } => ({ ref: { id: '', token }, timeoutMs: 30_000 })

/** Rejects with `sign_in_refused`, `not_allowed`, `identity_unavailable`. */
export async function signInByOidc(base: string, answer: OidcAnswer, device: string): Promise<Session> {
  return read(await send(`${base}/api/sign-in/oidc`, { body: { ...answer, device }, timeoutMs: 60_000 }), Session)
}

/** By the token that Supabase Auth gave. Rejects as `signInByOidc`. */
export async function signInBySupabase(base: string, accessToken: string, device: string): Promise<Session> {
  const body = { access_token: accessToken, device }
  return read(await send(`${base}/api/sign-in/supabase`, { body, timeoutMs: 60_000 }), Session)
}

export async function account(base: string, token: string): Promise<Account> {
  return read(await send(`${base}/api/account`, asOwner(token)), Account)
}

export async function usage(base: string, token: string): Promise<Limit[]> {
  return (await read(await send(`${base}/api/account/usage`, asOwner(token)), Usage)).limits
}

export async function keys(base: string, token: string): Promise<Key[]> {
  return (await read(await send(`${base}/api/keys`, asOwner(token)), Keys)).keys
}

/** `expiresInDays` null: it works until it is revoked. */
export async function createKey(
  base: string,
  token: string,
  name: string,
  scopes: readonly Scope[],
  expiresInDays: number | null,
): Promise<NewKey> {
  const body = { name, scopes, expires_in_days: expiresInDays }
  return read(await send(`${base}/api/keys`, { ...asOwner(token), body }), NewKey)
}

export async function revokeKey(base: string, token: string, keyId: string): Promise<void> {
  await send(`${base}/api/keys/${encodeURIComponent(keyId)}`, { ...asOwner(token), method: 'DELETE' })
}

/** The account with all that is its own; what was deleted of each recording, which is told this once. */
export async function deleteAccount(base: string, token: string): Promise<Deletion[]> {
  const request = { ...asOwner(token), method: 'DELETE', body: { delete: 'everything of mine' }, timeoutMs: 300_000 }
  return (await read(await send(`${base}/api/account`, request), Deletions)).deletions
}
