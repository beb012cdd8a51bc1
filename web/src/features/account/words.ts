/** The words of accounts come with their screens. */
import { accountDe } from '@/i18n/de/account.ts'
import { accountEn } from '@/i18n/en/account.ts'
import { type Language, useLanguage } from '@/i18n/language.ts'
import type { Words } from '@/i18n/words.ts'

const WORDS: Record<Language, Words<typeof accountEn>> = { en: accountEn, de: accountDe }

export const useWords = (): Words<typeof accountEn> => WORDS[useLanguage()]
