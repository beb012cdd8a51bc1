import { asBackendError, type Backend } from '@/backend/backend.ts'
import type { Identity } from './identity.ts'

const TOKENS_SHOWN = 100

/** New jobs belong to whoever this browser is. A session that has ended meanwhile costs no upload: the job is then the browser's. */
export function submitFor(identity: Identity, backend: Backend): Backend['submit'] {
  return async (file, options, key, { hash, tokens }) => {
    const ask = (): ReturnType<Backend['submit']> => {
      const shown = [identity.forNewJob(), ...tokens.filter((token) => !token.startsWith('own_'))]
      return backend.submit(file, options, key, { hash, tokens: [...new Set(shown)].slice(0, TOKENS_SHOWN) })
    }
    try {
      return await ask()
    } catch (fault) {
      if (asBackendError(fault).code !== 'signed_out') throw fault
      return ask()
    }
  }
}
