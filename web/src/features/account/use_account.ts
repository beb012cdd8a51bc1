import { useEffect, useState } from 'react'
import { type Account, account as ask } from '@/backend/account.ts'
import { asBackendError, type BackendError } from '@/backend/backend.ts'
import { useIdentity, useServices } from '../services.ts'

export interface Asked {
  /** Null until the server has said so, and where nobody is signed in. */
  account: Account | null
  fault: BackendError | null
}

const NOTHING: Asked = { account: null, fault: null }

/** Who is signed in, as the server knows them. */
export function useAccount(): Asked {
  const { apiUrl } = useServices()
  const { kind, token } = useIdentity()
  const [asked, setAsked] = useState<Asked & { of: string | null }>({ ...NOTHING, of: null })
  const shown = kind === 'browser' ? null : token
  useEffect(() => {
    if (shown === null) return
    let current = true
    ask(apiUrl, shown).then(
      (account) => current && setAsked({ account, fault: null, of: shown }),
      (fault: unknown) => current && setAsked({ account: null, fault: asBackendError(fault), of: shown }),
    )
    return () => {
      current = false
    }
  }, [apiUrl, shown])
  return asked.of === shown ? asked : NOTHING
}
