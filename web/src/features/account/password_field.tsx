import { useState } from 'react'
import { Input } from '@/ui/field.tsx'
import { useWords } from './words.ts'

interface Props {
  /** One that is chosen now, for which the browser may make a proposal. */
  fresh: boolean
  value: string
  onChange: (password: string) => void
}

export function PasswordField({ fresh, value, onChange }: Props) {
  const words = useWords()
  const [shown, setShown] = useState(false)
  return (
    <div>
      <Input
        label={fresh ? words.newPassword : words.password}
        type={shown ? 'text' : 'password'}
        name="password"
        autoComplete={fresh ? 'new-password' : 'current-password'}
        required
        {...(fresh ? { minLength: 8 } : {})}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <label className="mt-1 flex min-h-8 cursor-pointer items-center gap-2 text-sm max-sm:min-h-11">
        <input type="checkbox" className="size-4 accent-(--accent)" checked={shown} onChange={(event) => setShown(event.target.checked)} />
        {words.show}
      </label>
    </div>
  )
}
