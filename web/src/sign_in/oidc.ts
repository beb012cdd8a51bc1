/** OpenID Connect by redirect: the authorization code flow with PKCE (RFC 7636). The browser makes the secrets of one sign-in;
 *  the code is traded by our server, so that no issuer has to let pages of other origins ask. */
import { sha256 } from 'hash-wasm'
import type { OidcAnswer } from '@/backend/account.ts'
import type { SignInWays } from '@/backend/facts.ts'
import { randomHex } from '@/ids.ts'
import { type Begun, callbackUrl, keepBegun } from './begun.ts'

export type Issuer = NonNullable<SignInWays['oidc']>

/** The address to go to. Throws where the issuer does not answer our server, or its address is no web page's. */
export async function begin(issuer: Issuer, to: string): Promise<string> {
  const { authorization_endpoint: endpoint, client_id, scope } = issuer
  if (endpoint === null) throw new Error('no answer of the issuer')
  const begun: Begun = { verifier: randomHex(256), state: randomHex(128), nonce: randomHex(128), to }
  const challenge = await sha256(begun.verifier)
  keepBegun(begun)
  return withQuery(endpoint, {
    response_type: 'code',
    client_id,
    scope,
    redirect_uri: callbackUrl(),
    state: begun.state,
    nonce: begun.nonce,
    code_challenge: base64url(challenge),
    code_challenge_method: 'S256',
  })
}

/** Null: the answer belongs to no sign-in that this tab has begun, or the issuer said no. */
export function answerOf(query: URLSearchParams, begun: Begun | null): OidcAnswer | null {
  const code = query.get('code')
  if (begun === null || code === null || query.get('state') !== begun.state) return null
  return { code, code_verifier: begun.verifier, nonce: begun.nonce, redirect_uri: callbackUrl() }
}

/** Where the issuer ends its own session (OpenID Connect RP-Initiated Logout 1.0). Null: it has no such place. */
export function endSessionUrl({ end_session_endpoint: endpoint, client_id }: Issuer): string | null {
  return endpoint === null ? null : withQuery(endpoint, { client_id, post_logout_redirect_uri: `${location.origin}/` })
}

/** Endpoints may have a query of their own. */
function withQuery(endpoint: string, query: Record<string, string>): string {
  const url = new URL(endpoint)
  if (!/^https?:$/.test(url.protocol)) throw new Error(`${url.protocol} is no web address`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

/** `hex`: bytes, two digits each. */
function base64url(hex: string): string {
  const bytes = hex.match(/../g)?.map((two) => Number.parseInt(two, 16)) ?? []
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
