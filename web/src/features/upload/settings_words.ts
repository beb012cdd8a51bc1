/** The words of the settings come with their fields. */
import { fieldsDe } from '@/i18n/de/settings.ts'
import { fieldsEn } from '@/i18n/en/settings.ts'
import { type Language, useLanguage, useText } from '@/i18n/language.ts'
import type { Messages } from '@/i18n/en.ts'
import type { Words } from '@/i18n/words.ts'

type Fields = Words<typeof fieldsEn>

const WORDS: Record<Language, Fields> = { en: fieldsEn, de: fieldsDe }

/** With those that also say, folded, what was chosen. */
export function useSettingsWords(): Fields & Messages['settings'] {
  const { settings } = useText()
  return { ...settings, ...WORDS[useLanguage()] }
}
