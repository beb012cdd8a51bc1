import { useMemo } from 'react'
import type { Options } from '@/backend/types.ts'
import { languageName } from '@/i18n/format.ts'
import { useLanguage } from '@/i18n/language.ts'
import { Select } from '@/ui/field.tsx'
import { useSettingsWords } from './settings_words.ts'

interface Props {
  /** All that the server knows. */
  codes: readonly string[]
  options: Options
  onChange: (part: Partial<Options>) => void
}

/** The main language, and all that may be spoken: nothing is then heard as another one. */
export function Languages({ codes, options, onChange }: Props) {
  const text = useSettingsWords()
  const locale = useLanguage()
  const { language, languages } = options
  const names = useMemo(
    () =>
      codes
        .map((code) => ({ code, name: languageName(locale, code) }))
        .sort((a, b) => a.name.localeCompare(b.name, locale)),
    [codes, locale],
  )
  const allow = (allowed: readonly string[]): void => {
    const stays = language === null || allowed.length === 0 || allowed.includes(language)
    onChange({ languages: allowed, language: stays ? language : null })
  }
  const some = languages.length > 0
  const choices = names.map(({ code, name }) => (
    <option key={code} value={code}>
      {name}
    </option>
  ))
  return (
    <>
      <Select label={text.language} value={language ?? ''} onChange={(event) => onChange({ language: event.target.value || null })}>
        <option value="">{text.detect}</option>
        {choices.filter(({ key }) => !some || languages.includes(key ?? ''))}
      </Select>
      <div>
        <Select
          label={text.spoken}
          hint={text.spokenHint}
          value=""
          onChange={(event) => allow([...languages, event.target.value].sort())}
        >
          <option value="">{some ? text.spokenAdd : text.spokenAny}</option>
          {choices.filter(({ key }) => !languages.includes(key ?? ''))}
        </Select>
        {some && (
          <ul className="mt-2 flex flex-wrap gap-2">
            {languages.map((code) => (
              <li key={code}>
                <button
                  type="button"
                  className="min-h-10 rounded-control border border-control px-3 text-sm max-sm:min-h-11"
                  aria-label={text.spokenRemove(languageName(locale, code))}
                  onClick={() => allow(languages.filter((other) => other !== code))}
                >
                  {languageName(locale, code)} <span aria-hidden="true">×</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  )
}
