import { useId } from 'react'
import type { Formats } from '@/backend/types.ts'
import { dateTime } from '@/i18n/format.ts'
import { useLanguage, useText } from '@/i18n/language.ts'
import { Select } from '@/ui/field.tsx'
import { type Chosen, choicesOf, hasCaptions, isOn, ROWS, type Switch, SWITCHES } from './chosen.ts'
import type { Version } from './versions.ts'
import { useWords } from './words.ts'

interface Props {
  chosen: Chosen
  formats: Formats
  /** Null: there is one alone. */
  versions: readonly Version[] | null
  onChange: (part: Partial<Chosen>) => void
}

/** What may be chosen of the format, and nothing else. */
export function ExportChoices({ chosen, formats, versions, onChange }: Props) {
  const words = useWords()
  const taken = choicesOf(formats, chosen.format)
  const switches = SWITCHES.filter((name) => taken.includes(name))
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2">
        {versions && <Versions {...{ chosen, versions, onChange }} />}
        {hasCaptions(chosen.format) && <Profiles {...{ chosen, formats, onChange }} />}
        {taken.includes('rows') && (
          <Select label={words.rows} value={chosen.rows} onChange={(event) => onChange({ rows: event.target.value as Chosen['rows'] })}>
            {ROWS.map((one) => (
              <option key={one} value={one}>
                {words.rowsOf[one]}
              </option>
            ))}
          </Select>
        )}
      </div>
      <div className="grid gap-x-3 sm:grid-cols-2">
        {switches.map((name) => (
          <OneSwitch key={name} name={name} on={isOn(chosen, name)} onSwitch={(on) => onChange({ switches: { ...chosen.switches, [name]: on } })} />
        ))}
      </div>
    </>
  )
}

function Versions({ chosen, versions, onChange }: Pick<Props, 'chosen' | 'onChange'> & { versions: readonly Version[] }) {
  const words = useWords()
  const locale = useLanguage()
  return (
    <Select
      label={words.version}
      value={chosen.revision ?? ''}
      onChange={({ target }) => onChange({ revision: target.value === '' ? null : Number(target.value) })}
    >
      <option value="">{words.newest}</option>
      {versions.map(({ revision, saved_at }) => (
        <option key={revision} value={revision}>
          {words.savedAt(dateTime(locale, saved_at))}
        </option>
      ))}
      <option value={0}>{words.machine}</option>
    </Select>
  )
}

function Profiles({ chosen, formats, onChange }: Pick<Props, 'chosen' | 'formats' | 'onChange'>) {
  const words = useWords()
  const { viewer } = useText()
  const names: Partial<Record<string, string>> = viewer.profiles
  return (
    <Select label={words.profile} value={chosen.profile} onChange={(event) => onChange({ profile: event.target.value })}>
      <option value="">{words.usualProfile}</option>
      {Object.entries(formats.profiles).map(([id, about]) => (
        <option key={id} value={id} title={about}>
          {names[id] ?? id}
        </option>
      ))}
    </Select>
  )
}

function OneSwitch({ name, on, onSwitch }: { name: Switch; on: boolean; onSwitch: (on: boolean) => void }) {
  const words = useWords()
  const id = useId()
  const hints: Partial<Record<Switch, string>> = words.hints
  const hint = hints[name]
  return (
    <div className="flex min-h-10 items-start gap-2 py-1.5 text-sm max-sm:min-h-11">
      <input
        id={id}
        type="checkbox"
        className="mt-0.5 size-4 shrink-0 accent-accent"
        aria-describedby={hint ? `${id}-hint` : undefined}
        checked={on}
        onChange={(event) => onSwitch(event.target.checked)}
      />
      <span className="min-w-0">
        <label htmlFor={id}>{words.switches[name]}</label>
        {hint && (
          <span id={`${id}-hint`} className="block text-xs text-muted">
            {hint}
          </span>
        )}
      </span>
    </div>
  )
}
