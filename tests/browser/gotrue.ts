/** Supabase Auth (GoTrue) as far as its client in the page and our server meet it: the same paths, bodies, codes of errors and
 *  redirects, PKCE that refuses a wrong verifier, mails with links, and tokens signed with ES256 by a key that it publishes.
 *  https://github.com/supabase/auth/blob/master/openapi.yaml */
import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { bodyOf, html, Loopback } from './loopback.ts'

const BASE = '/auth/v1'
const VERSION = '2024-01-01'
const LIVES_S = 3600

interface User {
  id: string
  email: string
  password: string | null
  confirmed: boolean
  name: string | null
  provider: string
}

/** What a code of the PKCE flow stands for. */
interface Flow {
  user: User
  challenge: string
}

export class GoTrue {
  /** The newest last. */
  readonly mails: { to: string; link: string }[] = []
  /** Sessions that were ended on request. */
  ended = 0
  readonly key = 'sb_publishable_of-the-test'
  private readonly users = new Map<string, User>()
  private readonly flows = new Map<string, Flow>()
  private readonly tokens = new Map<string, User>()
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  private readonly kid = randomUUID()
  private readonly site = new Loopback((request, reply) => this.answer(request, reply))

  get url(): string {
    return this.site.origin
  }

  async start(): Promise<this> {
    await this.site.start()
    return this
  }

  async stop(): Promise<void> {
    await this.site.stop()
  }

  private async answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url)
    const { origin = '*' } = request.headers
    reply.setHeader('Access-Control-Allow-Origin', origin)
    reply.setHeader('Access-Control-Allow-Headers', 'apikey, authorization, content-type, x-client-info, x-supabase-api-version')
    reply.setHeader('Access-Control-Allow-Methods', 'GET, POST, PUT')
    reply.setHeader('Access-Control-Expose-Headers', 'x-supabase-api-version')
    reply.setHeader('X-Supabase-Api-Version', VERSION)
    if (request.method === 'OPTIONS') return void reply.writeHead(204).end()
    const path = url.pathname.replace(BASE, '')
    const asked = `${request.method ?? ''} ${path}`
    if (asked === 'GET /.well-known/jwks.json') return this.json(reply, { keys: [this.published()] })
    if (asked === 'GET /verify') return this.verify(url.searchParams, reply)
    if (path === '/authorize') return this.authorize(request, url.searchParams, reply)
    // What follows is for clients, which show the project's key.
    if (request.headers['apikey'] !== this.key) return this.refuse(reply, 401, 'no_authorization', 'No API key found in request')
    const body = JSON.parse((await bodyOf(request)) || '{}') as Record<string, string>
    if (asked === 'POST /token') return this.token(url.searchParams.get('grant_type') ?? '', body, reply)
    if (asked === 'POST /signup') return this.signUp(body, url.searchParams, reply)
    if (asked === 'POST /otp') return this.mail('magiclink', body, url.searchParams, reply)
    if (asked === 'POST /recover') return this.mail('recovery', body, url.searchParams, reply)
    if (asked === 'POST /logout') return this.logOut(request, reply)
    if (path === '/user') return this.user(request, body, reply)
    this.refuse(reply, 404, 'not_found', asked)
  }

  private token(grant: string, body: Record<string, string>, reply: ServerResponse): void {
    if (grant === 'password') {
      const user = this.users.get(body['email'] ?? '')
      if (!user?.password || user.password !== body['password']) return this.refuse(reply, 400, 'invalid_credentials', 'Invalid login credentials')
      if (!user.confirmed) return this.refuse(reply, 400, 'email_not_confirmed', 'Email not confirmed')
      return this.json(reply, this.session(user))
    }
    const flow = this.flows.get(body['auth_code'] ?? '')
    if (!flow) return this.refuse(reply, 404, 'flow_state_not_found', 'invalid flow state, no valid flow state found')
    this.flows.delete(body['auth_code'] ?? '')
    const shown = createHash('sha256').update(body['code_verifier'] ?? '').digest('base64url')
    if (shown !== flow.challenge) return this.refuse(reply, 400, 'bad_code_verifier', 'code challenge does not match previously saved code verifier')
    this.json(reply, this.session(flow.user))
  }

  private signUp(body: Record<string, string>, query: URLSearchParams, reply: ServerResponse): void {
    const { email = '', password = '' } = body
    if (password.length < 8) return this.refuse(reply, 422, 'weak_password', 'Password should be at least 8 characters.')
    if (this.users.get(email)?.confirmed) return this.refuse(reply, 422, 'user_already_exists', 'User already registered')
    const user = this.made(email, 'email')
    user.password = password
    this.send(user, 'signup', body['code_challenge'] ?? '', query.get('redirect_to') ?? '')
    this.json(reply, { id: user.id, email, aud: 'authenticated', role: 'authenticated', identities: [], confirmation_sent_at: new Date().toISOString() })
  }

  private mail(type: 'magiclink' | 'recovery', body: Record<string, string>, query: URLSearchParams, reply: ServerResponse): void {
    const user = type === 'magiclink' ? this.made(body['email'] ?? '', 'email') : this.users.get(body['email'] ?? '')
    if (user) this.send(user, type, body['code_challenge'] ?? '', query.get('redirect_to') ?? '')
    this.json(reply, {}) // who has an account is nobody's business
  }

  private send(user: User, type: string, challenge: string, back: string): void {
    const token = `pkce_${randomUUID()}`
    this.flows.set(token, { user, challenge })
    this.mails.push({ to: user.email, link: `${this.url}${BASE}/verify?${new URLSearchParams({ token, type, redirect_to: back }).toString()}` })
  }

  /** The link of a mail: good once, and back to the page with a code. */
  private verify(query: URLSearchParams, reply: ServerResponse): void {
    const back = new URL(query.get('redirect_to') ?? '')
    const token = query.get('token') ?? ''
    const flow = this.flows.get(token)
    this.flows.delete(token)
    if (flow) {
      flow.user.confirmed = true
      back.searchParams.set('code', this.coded(flow))
    } else {
      const said = { error: 'access_denied', error_code: 'otp_expired', error_description: 'Email link is invalid or has expired' }
      for (const [name, value] of Object.entries(said)) back.searchParams.set(name, value)
    }
    reply.writeHead(303, { Location: back.href }).end()
  }

  /** GitHub's own page, as it were, and Supabase's callback in one. */
  private async authorize(request: IncomingMessage, query: URLSearchParams, reply: ServerResponse): Promise<void> {
    const provider = query.get('provider') ?? ''
    if (request.method !== 'POST') return html(reply, `Log in to ${provider}`, '<form method="post"><label>Name <input name="login"></label> <button>Log in</button></form>')
    const name = new URLSearchParams(await bodyOf(request)).get('login') ?? ''
    const user = this.made(`${name}@${provider}.example`, provider)
    Object.assign(user, { name, confirmed: true })
    const back = new URL(query.get('redirect_to') ?? '')
    back.searchParams.set('code', this.coded({ user, challenge: query.get('code_challenge') ?? '' }))
    reply.writeHead(303, { Location: back.href }).end()
  }

  private logOut(request: IncomingMessage, reply: ServerResponse): void {
    if (this.tokens.delete(bearer(request))) this.ended += 1
    reply.writeHead(204).end()
  }

  private user(request: IncomingMessage, body: Record<string, string>, reply: ServerResponse): void {
    const user = this.tokens.get(bearer(request))
    if (!user) return this.refuse(reply, 401, 'bad_jwt', 'invalid JWT')
    const { password } = body
    if (password !== undefined && password === user.password) return this.refuse(reply, 422, 'same_password', 'New password should be different from the old password.')
    if (password !== undefined) user.password = password
    this.json(reply, shown(user))
  }

  private made(email: string, provider: string): User {
    const user = this.users.get(email) ?? { id: randomUUID(), email, password: null, confirmed: false, name: null, provider }
    this.users.set(email, user)
    return user
  }

  private coded(flow: Flow): string {
    const code = randomUUID()
    this.flows.set(code, flow)
    return code
  }

  private session(user: User): object {
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: this.url + BASE, aud: 'authenticated', role: 'authenticated', sub: user.id, email: user.email, iat: now, exp: now + LIVES_S,
      session_id: randomUUID(), aal: 'aal1', is_anonymous: false, ...metadata(user),
    }
    const token = signed({ alg: 'ES256', typ: 'JWT', kid: this.kid }, claims, this.keys.privateKey)
    this.tokens.set(token, user)
    return { access_token: token, token_type: 'bearer', expires_in: LIVES_S, expires_at: now + LIVES_S, refresh_token: randomUUID(), user: shown(user) }
  }

  private published(): object {
    return { ...this.keys.publicKey.export({ format: 'jwk' }), kid: this.kid, use: 'sig', alg: 'ES256', key_ops: ['verify'], ext: true }
  }

  private json(reply: ServerResponse, body: object): void {
    reply.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  }

  private refuse(reply: ServerResponse, status: number, code: string, message: string): void {
    reply.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ code, message }))
  }
}

const bearer = (request: IncomingMessage): string => (request.headers.authorization ?? '').replace('Bearer ', '')
const metadata = ({ provider, name }: User): object => ({ app_metadata: { provider, providers: [provider] }, user_metadata: name === null ? {} : { full_name: name } })
const shown = (user: User): object => ({ id: user.id, aud: 'authenticated', role: 'authenticated', email: user.email, ...metadata(user), created_at: new Date().toISOString() })

function signed(head: object, claims: object, key: KeyObject): string {
  const text = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}
