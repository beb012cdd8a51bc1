/** Who this browser is to the server: the owner of the machine, signed in by a link, somebody with an account, or the holder
 *  of a library of its own, whose key was made here or brought from another device. Kept in this browser, and the same in all
 *  its tabs. */
import * as v from 'valibot'
import { asBackendError, type Backend } from '@/backend/backend.ts'
import { onSignedOut } from '@/backend/signed_out.ts'
import { newLibraryKey } from './key.ts'

export const IDENTITY_KEY = 'aisubs.identity.v1'

const text = v.nullable(v.string())
/** By what a session came to be. */
const WAYS = ['link', 'oidc', 'supabase'] as const
export type Way = (typeof WAYS)[number]

const Kept = v.object({
  session: v.nullable(v.object({ token: v.string(), id: v.string(), by: v.optional(v.picklist(WAYS), 'link') })),
  key: text,
  /** Who the jobs were given to that this browser had before, or whose holder said that they are not to have them (`apart`). */
  claimedBy: text,
  apart: v.optional(v.boolean(), false),
})
type Kept = v.InferOutput<typeof Kept>
const NOTHING: Kept = { session: null, key: null, claimedBy: null, apart: false }
const SIGNED_OUT = { session: null, claimedBy: null, apart: false }

/** What has just happened, for people to be told. `expired`: the session of an account. */
export type Said = 'signed-in' | 'refused' | 'ended' | 'expired' | 'unreachable' | null

export interface IdentitySnapshot {
  kind: 'machine' | 'account' | 'browser'
  /** Null: nobody is signed in. */
  by: Way | null
  /** Somebody with an account has not said yet whether what this browser made before is theirs. */
  unclaimed: boolean
  /** What is shown to the server. Null: this browser has made nothing yet. */
  token: string | null
  said: Said
  /** A key that a link brought, and that nobody has agreed to yet. */
  offered: string | null
}

export class Identity {
  private kept = NOTHING
  private said: Said = null
  private offered: string | null = null
  private snapshot: IdentitySnapshot
  private readonly listeners = new Set<() => void>()

  constructor(
    private readonly storage: Storage | null,
    private readonly backend: Pick<Backend, 'signIn' | 'signOut' | 'claim'>,
  ) {
    this.kept = this.read()
    this.snapshot = this.now()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly getSnapshot = (): IdentitySnapshot => this.snapshot

  get token(): string | null {
    return this.snapshot.token
  }

  /** The browser's own library key, whoever it shows now; made where there is none. */
  ownKey(): string {
    return this.kept.key ?? this.write({ key: newLibraryKey() }).key ?? ''
  }

  /** What a new job is to belong to. */
  forNewJob(): string {
    return this.token ?? this.ownKey()
  }

  /** Whether the jobs of before are still to be given to whoever is shown now, without a question. */
  get claimDue(): boolean {
    const { kind, token } = this.snapshot
    return kind !== 'account' && token !== null && this.kept.claimedBy !== token
  }

  /** Whether all that this browser made belongs to whoever is shown now. */
  get hasAll(): boolean {
    return this.token !== null && this.kept.claimedBy === this.token && !this.kept.apart
  }

  /** `apart`: the jobs of before are not theirs, and stay this browser's. */
  claimed(token: string, apart = false): void {
    if (token === this.token) this.write({ claimedBy: token, apart })
  }

  /** Libraries that whoever is shown now takes over: this browser's own, when its owner signs in. */
  get leftBehind(): string[] {
    const { session, key } = this.kept
    return session && key ? [key] : []
  }

  /** By the key of the link that `aisubs up` prints. */
  async signIn(key: string, device: string): Promise<void> {
    try {
      const { token, session_id: id } = await this.backend.signIn(key, device)
      this.write({ session: { token, id, by: 'link' } }, 'signed-in')
    } catch (fault) {
      // Whoever was signed in before still is.
      const refused = asBackendError(fault).code.startsWith('sign_in_')
      this.tell(refused ? 'refused' : 'unreachable')
    }
  }

  /** The browser's own library key opens nothing any more. */
  dropKey(): void {
    this.write({ key: null })
  }

  /** A session that an account got. */
  enterAccount({ token, session_id: id }: { token: string; session_id: string }, by: Way): void {
    this.write({ session: { token, id, by }, claimedBy: null, apart: false }, null)
  }

  /** The session is thrown away also where the server does not answer. */
  async signOut(): Promise<void> {
    const { session } = this.kept
    this.write(SIGNED_OUT, null)
    if (session) await this.backend.signOut(session.token).catch(() => undefined)
  }

  /** A link brought this key; nothing happens before somebody agrees. */
  offer(key: string | null): void {
    this.offered = key
    this.tell(this.said)
  }

  /** From now on this browser shows another library's key; what it made so far joins that library. */
  async enter(key: string): Promise<void> {
    const before = this.kept.key
    if (before && before !== key) await this.backend.claim(key, [], [before])
    this.offered = null
    this.write({ key, ...(this.kept.session ? {} : { claimedBy: null }) })
  }

  /** A new key, and the old one opens nothing any more. The new one is kept before the server hears of it. */
  async renewKey(): Promise<string> {
    const old = this.ownKey()
    const made = newLibraryKey()
    await this.backend.claim(made, [], [old], true)
    this.write({ key: made, claimedBy: null })
    return made
  }

  heard(): void {
    this.tell(null)
  }

  start(): () => void {
    const otherTab = (event: StorageEvent): void => {
      if (event.key !== IDENTITY_KEY) return
      this.kept = this.read()
      this.publish()
    }
    addEventListener('storage', otherTab)
    const end = onSignedOut((shown) => {
      const { session } = this.kept
      if (session && shown.includes(session.token)) this.write(SIGNED_OUT, session.by === 'link' ? 'ended' : 'expired')
    })
    return () => {
      removeEventListener('storage', otherTab)
      end()
    }
  }

  private tell(said: Said): void {
    this.said = said
    this.publish()
  }

  private now(): IdentitySnapshot {
    const { session, key, claimedBy } = this.kept
    const by = session?.by ?? null
    const kind = by === null ? 'browser' : by === 'link' ? 'machine' : 'account'
    const unclaimed = kind === 'account' && claimedBy !== session?.token
    return { kind, by, unclaimed, token: session?.token ?? key, said: this.said, offered: this.offered }
  }

  private publish(): void {
    this.snapshot = this.now()
    for (const listener of this.listeners) listener()
  }

  private write(change: Partial<Kept>, said: Said = this.said): Kept {
    this.kept = { ...this.kept, ...change }
    try {
      this.storage?.setItem(IDENTITY_KEY, JSON.stringify(this.kept))
    } catch {
      // It holds until the page is left; the tokens of the jobs are kept elsewhere.
    }
    this.tell(said)
    return this.kept
  }

  private read(): Kept {
    try {
      return v.parse(Kept, JSON.parse(this.storage?.getItem(IDENTITY_KEY) ?? 'null'))
    } catch {
      return this.kept
    }
  }
}
