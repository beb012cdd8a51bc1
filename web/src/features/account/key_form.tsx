import { useState } from 'react'
import { createKey, type NewKey, type Scope } from '@/backend/account.ts'
import { asBackendError } from '@/backend/backend.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { Input, Select } from '@/ui/field.tsx'
import { useServices } from '../services.ts'
import { useWords } from './words.ts'

/** Days. */
const LIVES = { month: 30, year: 365, ever: null } as const
type Life = keyof typeof LIVES

interface Props {
  token: string
  /** Those that the holder may give. */
  scopes: readonly Scope[]
  onMade: (key: NewKey) => void
}

export function KeyForm({ token, scopes, onMade }: Props) {
  const words = useWords()
  const text = useText()
  const { apiUrl } = useServices()
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<readonly Scope[]>(['read'])
  const [life, setLife] = useState<Life>('year')
  const [fault, setFault] = useState<string | null>(null)
  const make = async (): Promise<void> => {
    try {
      onMade(await createKey(apiUrl, token, name.trim(), chosen, LIVES[life]))
    } catch (error) {
      const { code, message } = asBackendError(error)
      setFault(errorText(text, code, message))
    }
  }
  return (
    <form
      className="grid gap-4 sm:grid-cols-2"
      onSubmit={(event) => {
        event.preventDefault()
        void make()
      }}
    >
      <Input label={words.keyName} hint={words.keyNameHint} required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
      <Select label={words.keyExpires} value={life} onChange={(event) => setLife(event.target.value as Life)}>
        {(Object.keys(LIVES) as Life[]).map((one) => (
          <option key={one} value={one}>
            {words.keyLives[one]}
          </option>
        ))}
      </Select>
      <fieldset className="sm:col-span-2">
        <legend className="text-sm font-medium">{words.keyMay}</legend>
        {scopes.map((scope) => (
          <label key={scope} className="flex min-h-8 cursor-pointer items-center gap-2 text-sm max-sm:min-h-11">
            <input
              type="checkbox"
              className="size-4 accent-(--accent)"
              checked={chosen.includes(scope)}
              onChange={({ target }) => setChosen((now) => (target.checked ? [...now, scope] : now.filter((one) => one !== scope)))}
            />
            {words.scopes[scope]}
          </label>
        ))}
      </fieldset>
      {fault && (
        <p role="alert" className="text-sm text-danger sm:col-span-2">
          {fault}
        </p>
      )}
      <div className="sm:col-span-2">
        <Button type="submit" disabled={chosen.length === 0}>
          {words.keyMake}
        </Button>
      </div>
    </form>
  )
}
