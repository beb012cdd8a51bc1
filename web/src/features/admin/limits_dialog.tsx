import { useState } from 'react'
import { type Limits, type SenderUsage, setLimits } from '@/backend/admin.ts'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Input } from '@/ui/field.tsx'
import { useServices } from '../services.ts'
import type { Act } from './admin_page.tsx'
import { senderName } from './sender.ts'
import { useWords } from './words.ts'

/** How many of the server's units one in the field is. */
const UNITS: Record<keyof Limits, number> = { jobs_per_day: 1, bytes_per_day: 1e9, minutes_per_month: 1 }
const NAMES = Object.keys(UNITS) as (keyof Limits)[]

interface Props {
  now: SenderUsage
  token: string
  act: Act
  onClose: () => void
}

/** Limits of one sender that are not the server's. */
export function LimitsDialog({ now, token, act, onClose }: Props) {
  const words = useWords()
  const name = senderName(now.sender, words)
  const { apiUrl } = useServices()
  const [typed, setTyped] = useState(() => Object.fromEntries(NAMES.map((one) => [one, shown(now[one], UNITS[one])])))
  const save = async (): Promise<void> => {
    const read = (one: keyof Limits): number | null => (typed[one] ? Math.round(Number(typed[one]) * UNITS[one]) : null)
    const limits = { jobs_per_day: read('jobs_per_day'), bytes_per_day: read('bytes_per_day'), minutes_per_month: read('minutes_per_month') }
    if (await act(() => setLimits(apiUrl, token, now.sender, limits), words.saved)) onClose()
  }
  return (
    <Dialog title={words.limitsOf(name)} onClose={onClose}>
      <form
        className="mt-3 grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <p className="text-sm text-muted">{words.limitsAbout}</p>
        {NAMES.map((one) => (
          <Input
            key={one}
            label={words.limitNames[one]}
            type="number"
            min={0}
            step={UNITS[one] === 1 ? 1 : 'any'}
            value={typed[one]}
            onChange={({ target }) => setTyped((before) => ({ ...before, [one]: target.value }))}
          />
        ))}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button type="submit" kind="primary">
            {words.save}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

const shown = (limit: number | null, unit: number): string => (limit === null ? '' : String(limit / unit))
