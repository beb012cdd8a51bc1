/** The words of whoever runs the server come with their screen. */
import { adminDe } from '@/i18n/de/admin.ts'
import { adminEn } from '@/i18n/en/admin.ts'
import { type Language, useLanguage } from '@/i18n/language.ts'
import type { Words } from '@/i18n/words.ts'

const WORDS: Record<Language, Words<typeof adminEn>> = { en: adminEn, de: adminDe }

export const useWords = (): Words<typeof adminEn> => WORDS[useLanguage()]
