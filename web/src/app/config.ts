/** The environment of the build, checked once at the start. */

export type Problem = 'missing' | 'scheme' | 'address'
export type Config =
  | { ok: true; apiUrl: string; supabaseOrigin: string | null }
  | { ok: false; name: string; value: string; problem: Problem }

/** VITE_API_URL: empty means that the API is where the page came from, which in the cloud (VITE_EDITION=cloud) it never is.
 *  VITE_SUPABASE_URL: where live updates may come from; the policy of the page (build-parts/headers.ts) allows nothing else. */
export function readConfig(environment: Record<string, unknown>): Config {
  const said = (name: string): string => {
    const value = environment[name]
    return typeof value === 'string' ? value.trim() : ''
  }
  for (const name of ['VITE_API_URL', 'VITE_SUPABASE_URL']) {
    const problem = problemOf(said(name), name === 'VITE_API_URL' && said('VITE_EDITION') === 'cloud')
    if (problem) return { ok: false, name, value: said(name), problem }
  }
  const supabase = said('VITE_SUPABASE_URL')
  return {
    ok: true,
    apiUrl: said('VITE_API_URL').replace(/\/+$/, ''),
    supabaseOrigin: supabase === '' ? null : new URL(supabase).origin,
  }
}

function problemOf(value: string, needed: boolean): Problem | null {
  if (value === '') return needed ? 'missing' : null
  if (!/^https?:\/\//.test(value)) return 'scheme'
  return URL.canParse(value) ? null : 'address'
}
