/** The library's words come with its screens. */
import { libraryDe } from '@/i18n/de/library.ts'
import { libraryEn } from '@/i18n/en/library.ts'
import { type Language, useLanguage } from '@/i18n/language.ts'
import type { Words } from '@/i18n/words.ts'

const WORDS: Record<Language, Words<typeof libraryEn>> = { en: libraryEn, de: libraryDe }

export const useWords = (): Words<typeof libraryEn> => WORDS[useLanguage()]
