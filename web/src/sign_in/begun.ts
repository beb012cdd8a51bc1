/** A sign-in that has left for another site and is to come back: what only this browser knows of it. */
import * as v from 'valibot'

const Begun = v.object({
  verifier: v.string(),
  state: v.string(),
  nonce: v.string(),
  /** The address of the page that somebody came from. */
  to: v.string(),
})
export type Begun = v.InferOutput<typeof Begun>

/** In this tab alone: it goes and comes back in the same one. */
const KEY = 'aisubs.sign-in.v1'

/** Throws where the browser keeps nothing: then nobody could come back. */
export function keepBegun(begun: Begun): void {
  sessionStorage.setItem(KEY, JSON.stringify(begun))
}

/** Once: an answer is good for one sign-in. Null: this tab has begun none. */
export function takeBegun(): Begun | null {
  const text = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  const parsed = v.safeParse(Begun, text === null ? null : (JSON.parse(text) as unknown))
  return parsed.success ? parsed.output : null
}

/** A path of this page, and no other site's address, whoever wrote it: `//example.com` and `/\example.com` are no paths. */
export function ownPath(wanted: string | null): string {
  if (!wanted || !URL.canParse(wanted, location.origin)) return '/'
  const { origin, pathname, search } = new URL(wanted, location.origin)
  return origin === location.origin && !pathname.startsWith('/sign-in') ? pathname + search : '/'
}

/** Where an issuer, Supabase or a mail sends people back to. */
export const CALLBACK = '/sign-in/callback'
export const callbackUrl = (): string => location.origin + CALLBACK
