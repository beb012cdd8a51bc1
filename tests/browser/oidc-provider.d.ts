/** As much of oidc-provider as the tests use; it comes without types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  interface Grant {
    addOIDCScope(scope: string): void
    save(): Promise<string>
  }
  interface Context {
    body: string
    oidc: {
      provider: { Grant: new (of: { clientId: string | undefined; accountId: string | undefined }) => Grant }
      client?: { clientId: string }
      session?: { accountId: string }
    }
  }
  interface Configuration {
    clients: object[]
    jwks: { keys: object[] }
    cookies: { keys: string[] }
    scopes: string[]
    claims: Record<string, string[]>
    pkce: { required: () => boolean }
    ttl: Record<string, number>
    interactions: { url: (context: Context, interaction: { uid: string }) => string }
    features: {
      devInteractions: { enabled: boolean }
      rpInitiatedLogout: { enabled: boolean; logoutSource: (context: Context, form: string) => void }
    }
    findAccount: (context: Context, sub: string) => { accountId: string; claims: () => object } | undefined
    loadExistingGrant: (context: Context) => Promise<Grant>
  }
  export default class Provider {
    constructor(issuer: string, configuration: Configuration)
    callback(): (request: IncomingMessage, reply: ServerResponse) => Promise<void>
    interactionFinished(
      request: IncomingMessage,
      reply: ServerResponse,
      result: object,
      options: { mergeWithLastSubmission: boolean },
    ): Promise<void>
  }
}
