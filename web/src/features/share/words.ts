/** The words of links come with their screens. */
import { sharingDe } from '@/i18n/de/sharing.ts'
import { sharingEn } from '@/i18n/en/sharing.ts'
import { type Language, useLanguage } from '@/i18n/language.ts'
import type { Words } from '@/i18n/words.ts'

const WORDS: Record<Language, Words<typeof sharingEn>> = { en: sharingEn, de: sharingDe }

export const useWords = (): Words<typeof sharingEn> => WORDS[useLanguage()]
