/** An OpenID Connect issuer (npm `oidc-provider`, certified by the OpenID Foundation) behind a path of a proxy, as Authentik has
 *  its applications; with login pages of its own. It refuses a wrong PKCE verifier, and ends its session on request. */
import { generateKeyPairSync } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import Provider from 'oidc-provider'
import { bodyOf, html, Loopback } from './loopback.ts'

const PATH = '/application/o/aisubs'
export const CLIENT_ID = 'aisubs'
export const ISSUER_NAME = 'Harbour Office'

interface Person {
  name: string
  groups: string[]
}

/** By the name that they log in with, which is their `sub`. */
const PEOPLE: Record<string, Person> = {
  anna: { name: 'Anna Lindqvist', groups: ['staff'] },
  bela: { name: 'Béla Harbour', groups: ['staff', 'admins'] },
  guest: { name: 'A Guest', groups: ['visitors'] },
}

export class OidcIssuer {
  private provider: Provider | null = null
  private readonly site = new Loopback((request, reply) => this.answer(request, reply))

  get origin(): string {
    return this.site.origin
  }

  get issuer(): string {
    return this.site.origin + PATH
  }

  /** Listens, and answers nothing but 503 before `serve`. */
  async start(): Promise<this> {
    await this.site.start()
    return this
  }

  async stop(): Promise<void> {
    await this.site.stop()
  }

  /** `origins`: of the pages whose people may come. */
  serve(origins: readonly string[]): void {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    this.provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: CLIENT_ID,
          token_endpoint_auth_method: 'none',
          grant_types: ['authorization_code'],
          response_types: ['code'],
          redirect_uris: origins.map((origin) => `${origin}/sign-in/callback`),
          post_logout_redirect_uris: origins.map((origin) => `${origin}/`),
        },
      ],
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] },
      cookies: { keys: ['of-the-test'] },
      scopes: ['openid', 'profile', 'email'],
      claims: { openid: ['sub'], profile: ['name', 'groups'], email: ['email'] },
      pkce: { required: () => true },
      ttl: { Interaction: 600, Grant: 3600, Session: 3600, AccessToken: 600, IdToken: 600 },
      interactions: { url: (_, { uid }) => `${PATH}/interaction/${uid}` },
      features: {
        devInteractions: { enabled: false },
        rpInitiatedLogout: {
          enabled: true,
          logoutSource: (context, form) => {
            context.body = page('Log out', `${form}<button type="submit" form="op.logoutForm" value="yes" name="logout">Log out</button>`)
          },
        },
      },
      findAccount: (_, sub) => {
        const person = PEOPLE[sub]
        return person && { accountId: sub, claims: () => ({ sub, ...person, email: `${sub}@harbour.example` }) }
      },
      async loadExistingGrant({ oidc }) {
        // The firm's own page needs nobody's consent.
        const grant = new oidc.provider.Grant({ clientId: oidc.client?.clientId, accountId: oidc.session?.accountId })
        grant.addOIDCScope('openid profile email')
        await grant.save()
        return grant
      },
    })
  }

  private async answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const url = request.url ?? '/'
    if (!this.provider || !url.startsWith(PATH)) return void reply.writeHead(503).end()
    const inner = url.slice(PATH.length)
    if (inner.startsWith('/interaction/')) return this.logIn(this.provider, request, reply)
    Object.assign(request, { url: inner, originalUrl: url }) // by which a server in front of it tells the path
    await this.provider.callback()(request, reply)
  }

  /** Who it is, without a password: the issuer is to believe it, and we believe the issuer. */
  private async logIn(provider: Provider, request: IncomingMessage, reply: ServerResponse): Promise<void> {
    if (request.method !== 'POST') {
      return html(reply, 'Log in', '<form method="post"><label>Name <input name="login" autofocus></label> <button>Log in</button> <button name="no" value="1">No</button></form>')
    }
    const said = new URLSearchParams(await bodyOf(request))
    const result = said.has('no') ? { error: 'access_denied' } : { login: { accountId: said.get('login') ?? '' } }
    await provider.interactionFinished(request, reply, result, { mergeWithLastSubmission: false })
  }
}

const page = (title: string, body: string): string => `<!doctype html><html lang="en"><title>${title}</title><main><h1>${title}</h1>${body}</main></html>`
