/** The environment of the build, checked once at the start. */
import * as v from 'valibot'

const ApiUrl = v.pipe(
  v.string(),
  v.trim(),
  v.check((text) => text === '' || /^https?:\/\//.test(text), 'begins with https://'),
  v.check((text) => text === '' || URL.canParse(text), 'is an address'),
  v.transform((text) => text.replace(/\/+$/, '')),
)

export type Config = { ok: true; apiUrl: string } | { ok: false; name: string; problem: string }

/** An empty VITE_API_URL means: the API is where the page came from, as in the local edition. */
export function readConfig(environment: Record<string, unknown>): Config {
  const parsed = v.safeParse(ApiUrl, environment['VITE_API_URL'] ?? '')
  if (parsed.success) return { ok: true, apiUrl: parsed.output }
  return { ok: false, name: 'VITE_API_URL', problem: parsed.issues[0].message }
}
