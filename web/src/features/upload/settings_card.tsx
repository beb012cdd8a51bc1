import { useMemo } from 'react'
import type { Options } from '@/backend/types.ts'
import { languageName } from '@/i18n/format.ts'
import { useLanguage, useText } from '@/i18n/language.ts'
import { LANGUAGE_CODES } from '@/i18n/languages.ts'
import type { Messages } from '@/i18n/en.ts'
import { Input, Select } from '@/ui/field.tsx'

interface Props {
  options: Options
  onChange: (options: Options) => void
}

/** Folded to one sentence that says what was chosen. */
export function SettingsCard({ options, onChange }: Props) {
  const { settings: text } = useText()
  const locale = useLanguage()
  const languages = useMemo(
    () =>
      LANGUAGE_CODES.map((code) => ({ code, name: languageName(locale, code) })).sort((a, b) =>
        a.name.localeCompare(b.name, locale),
      ),
    [locale],
  )
  const change = (part: Partial<Options>): void => onChange({ ...options, ...part })
  return (
    <details className="group rounded-card border border-line bg-surface">
      <summary className="flex min-h-11 items-center gap-2 px-4 py-3 text-sm">
        <span className="sr-only">{text.title}: </span>
        <span className="mr-auto">{summary(options, text, locale)}</span>
        <span className="shrink-0 font-medium text-accent underline group-open:no-underline">{text.change}</span>
      </summary>
      <div className="grid gap-4 border-t border-line p-4 sm:grid-cols-2">
        <Select
          label={text.language}
          value={options.language ?? ''}
          onChange={(event) => change({ language: event.target.value || null })}
        >
          <option value="">{text.detect}</option>
          {languages.map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </Select>
        <Select
          label={text.task}
          value={options.task}
          onChange={(event) => change({ task: event.target.value as Options['task'] })}
        >
          <option value="transcribe">{text.transcribe}</option>
          <option value="translate">{text.translate}</option>
        </Select>
        <Speakers options={options} onChange={change} />
        <div className="sm:col-span-2">
          <Input
            label={text.words}
            hint={text.wordsHint}
            maxLength={400}
            value={options.hotwords ?? ''}
            onChange={(event) => change({ hotwords: event.target.value || null })}
          />
        </div>
      </div>
    </details>
  )
}

function Speakers({ options, onChange }: { options: Options; onChange: (part: Partial<Options>) => void }) {
  const { settings: text } = useText()
  const kind = kindOfSpeakers(options)
  const none = { num_speakers: null, min_speakers: null, max_speakers: null }
  const choose = (value: string): void => {
    if (value === 'exact') onChange({ ...none, num_speakers: 2 })
    else if (value === 'range') onChange({ ...none, min_speakers: 2, max_speakers: 4 })
    else onChange(none)
  }
  const number = (label: string, value: number | null, set: (value: number) => void) => (
    <Input
      type="number"
      label={label}
      min={1}
      max={50}
      value={value ?? ''}
      onChange={(event) => {
        const said = Math.round(Number(event.target.value))
        if (said >= 1 && said <= 50) set(said)
      }}
    />
  )
  const { num_speakers: exact, min_speakers: least, max_speakers: most } = options
  return (
    <>
      <Select label={text.speakers} value={kind} onChange={(event) => choose(event.target.value)}>
        <option value="any">{text.speakersAny}</option>
        <option value="exact">{text.speakersExact}</option>
        <option value="range">{text.speakersRange}</option>
      </Select>
      {kind === 'exact' && number(text.number, exact, (value) => onChange({ num_speakers: value }))}
      {kind === 'range' && (
        <div className="grid grid-cols-2 gap-2">
          {number(text.least, least, (value) =>
            onChange({ min_speakers: value, max_speakers: Math.max(value, most ?? value) }),
          )}
          {number(text.most, most, (value) =>
            onChange({ max_speakers: value, min_speakers: Math.min(value, least ?? value) }),
          )}
        </div>
      )}
    </>
  )
}

function kindOfSpeakers(options: Options): 'any' | 'exact' | 'range' {
  if (options.num_speakers !== null) return 'exact'
  return options.min_speakers !== null || options.max_speakers !== null ? 'range' : 'any'
}

function summary(options: Options, text: Messages['settings'], locale: string): string {
  const parts = [
    options.language ? languageName(locale, options.language) : text.detect,
    options.task === 'translate' ? text.translate : text.transcribe,
  ]
  const { num_speakers: exact, min_speakers: least, max_speakers: most } = options
  if (exact !== null) parts.push(text.speakersShort(String(exact)))
  else if (least !== null || most !== null) parts.push(text.speakersShort(`${least ?? 1}-${most ?? 50}`))
  const words = (options.hotwords ?? '').split(',').filter((word) => word.trim()).length
  if (words) parts.push(text.wordsShort(words))
  return parts.join(' · ')
}
