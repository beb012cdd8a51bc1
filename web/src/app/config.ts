/** The environment of the build, checked once at the start. */

export type Problem = 'scheme' | 'address'
export type Config = { ok: true; apiUrl: string } | { ok: false; name: string; value: string; problem: Problem }

/** An empty VITE_API_URL means: the API is where the page came from, as in the local edition. */
export function readConfig(environment: Record<string, unknown>): Config {
  const name = 'VITE_API_URL'
  const said = environment[name]
  const value = typeof said === 'string' ? said.trim() : ''
  const wrong = (problem: Problem): Config => ({ ok: false, name, value, problem })
  if (value === '') return { ok: true, apiUrl: '' }
  if (!/^https?:\/\//.test(value)) return wrong('scheme')
  if (!URL.canParse(value)) return wrong('address')
  return { ok: true, apiUrl: value.replace(/\/+$/, '') }
}
