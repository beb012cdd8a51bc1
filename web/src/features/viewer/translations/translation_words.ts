/** The words of translations come with them. */
import { translationsDe } from '@/i18n/de/translations.ts'
import { translationsEn } from '@/i18n/en/translations.ts'
import { type Language, useLanguage } from '@/i18n/language.ts'
import type { Words } from '@/i18n/words.ts'

export type TranslationWords = Words<typeof translationsEn>

const WORDS: Record<Language, TranslationWords> = { en: translationsEn, de: translationsDe }

export const useTranslationWords = (): TranslationWords => WORDS[useLanguage()]
