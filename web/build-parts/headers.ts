/** Writes `_headers` and `_redirects` for Netlify from security-headers.json; the local edition reads that same file. */
import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

interface SecurityHeaders {
  csp: Record<string, string[]>
  everywhere: Record<string, string>
  https: Record<string, string>
  cache: Record<string, string>
}

export function readSecurityHeaders(): SecurityHeaders {
  return JSON.parse(readFileSync(new URL('../security-headers.json', import.meta.url), 'utf8')) as SecurityHeaders
}

/** `origins`: what the page may talk to beside its own origin. */
export function contentSecurityPolicy(csp: Record<string, string[]>, origins: string[]): string {
  return Object.entries(csp)
    .map(([name, values]) => [name, ...values, ...(name === 'connect-src' ? origins : [])].join(' '))
    .join('; ')
}

export function netlifyHeaders(headers: SecurityHeaders, origins: string[]): string {
  const all = {
    ...headers.everywhere,
    ...headers.https,
    'Content-Security-Policy': contentSecurityPolicy(headers.csp, origins),
  }
  // Two rules for one file give it both values. Netlify has browsers ask again of itself, so only what differs is said.
  const lines = Object.entries(headers.cache).map(([path, cache]) => {
    const rows = path === '/*' ? Object.entries(all) : [['Cache-Control', cache] as const]
    return [path, ...rows.map(([name, value]) => `  ${name}: ${value}`)].join('\n')
  })
  return `${lines.join('\n')}\n`
}

/** The origin of an address from the environment; '' and nothing give none. Throws for what is no http(s) address. */
export function originOf(address: string | undefined): string[] {
  if (!address) return []
  const url = new URL(address)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Error(`${address} is no http(s) address`)
  return [url.origin]
}

/** Over the line for live updates Supabase is talked to by WebSocket too. */
export const withSocket = (origins: string[]): string[] => origins.flatMap((origin) => [origin, origin.replace(/^http/, 'ws')])

export function netlifyFiles(origins: string[]): Plugin {
  return {
    name: 'netlify-files',
    apply: 'build',
    generateBundle() {
      const headers = netlifyHeaders(readSecurityHeaders(), origins)
      this.emitFile({ type: 'asset', fileName: '_headers', source: headers })
      this.emitFile({ type: 'asset', fileName: '_redirects', source: '/* /index.html 200\n' })
    },
  }
}
