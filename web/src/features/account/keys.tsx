import { useCallback, useState } from 'react'
import { type Key, keys, type NewKey, revokeKey, type Scope, SCOPES } from '@/backend/account.ts'
import { serverNow } from '@/backend/server_clock.ts'
import { ago, date } from '@/i18n/format.ts'
import { useLanguage } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { CopyField } from '../library/copy_field.tsx'
import { useServices } from '../services.ts'
import { KeyForm } from './key_form.tsx'
import { useAsked } from './use_asked.ts'
import { useWords } from './words.ts'

/** Keys for programs: made with the rights that they need, shown once, revoked. */
export function Keys({ token, admin }: { token: string; admin: boolean }) {
  const words = useWords()
  const { apiUrl } = useServices()
  const { found, fault, act } = useAsked(useCallback(() => keys(apiUrl, token), [apiUrl, token]))
  const [made, setMade] = useState<NewKey | null>(null)
  const revoke = async ({ key_id: id }: Key): Promise<void> => {
    if (await act(() => revokeKey(apiUrl, token, id))) announce(words.keyRevoked)
    setMade((now) => (now?.key_id === id ? null : now))
  }
  return (
    <div className="grid grid-cols-1 gap-4">
      {found?.length === 0 && <p className="text-sm text-muted">{words.noKeys}</p>}
      {found && found.length > 0 && (
        <ul className="divide-y divide-line rounded-card border border-line">
          {found.map((key) => (
            <KeyRow key={key.key_id} one={key} onRevoke={() => void revoke(key)} />
          ))}
        </ul>
      )}
      {fault && <p className="text-sm text-danger">{fault}</p>}
      {made ? (
        <div className="grid gap-3 rounded-card border border-line p-4">
          <p className="text-sm text-warn">{words.keyMade}</p>
          <CopyField label={made.name} value={made.token} mono />
          <div>
            <Button onClick={() => setMade(null)}>{words.keyAnother}</Button>
          </div>
        </div>
      ) : (
        <KeyForm token={token} scopes={SCOPES.filter((scope) => admin || scope !== 'admin')} onMade={(key) => void act(() => Promise.resolve(setMade(key)))} />
      )}
    </div>
  )
}

function KeyRow({ one, onRevoke }: { one: Key; onRevoke: () => void }) {
  const words = useWords()
  const locale = useLanguage()
  const { name, scopes, last_used_at: used, expires_at: until } = one
  const may = scopes.map((scope) => (scope in words.scopes ? words.scopes[scope as Scope] : scope)).join(', ')
  return (
    <li className="flex items-center gap-3 px-3 py-2 text-sm">
      <span className="min-w-0">
        <span className="font-medium break-words">{name}</span>
        <span className="block text-xs text-muted">
          {[may, used === null ? words.keyNeverUsed : words.keyUsed(ago(locale, used, Math.max(serverNow(), Date.parse(used)))), until && words.keyUntil(date(locale, until))]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <Button small kind="quiet" className="ml-auto shrink-0 text-danger" aria-label={words.keyRevokeOf(name)} onClick={onRevoke}>
        {words.keyRevoke}
      </Button>
    </li>
  )
}
