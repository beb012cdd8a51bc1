/** Addresses of scripts, for browsers that take them only from a Trusted Types policy (the CSP asks for one). */
interface Policy {
  createScriptURL(url: string): string
}
interface PolicyFactory {
  createPolicy(name: string, rules: Policy): Policy
}

let policy: Policy | null = null

/** `url` as something that Worker and the service worker's register accept. Throws for a script of another origin. */
export function trustedScript(url: string): string {
  policy ??= factory()?.createPolicy('aisubs', { createScriptURL: ours }) ?? { createScriptURL: ours }
  return policy.createScriptURL(url)
}

function ours(url: string): string {
  const { href, origin } = new URL(url, location.href)
  if (origin !== location.origin) throw new TypeError(`a script of ${origin}`)
  return href
}

const factory = (): PolicyFactory | undefined => (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes
