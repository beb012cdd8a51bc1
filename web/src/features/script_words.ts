/** The words about a text that was there already come with where they are needed. */
import { scriptDe } from '@/i18n/de/script.ts'
import { scriptEn } from '@/i18n/en/script.ts'
import { type Language, useLanguage } from '@/i18n/language.ts'
import type { Words } from '@/i18n/words.ts'

const WORDS: Record<Language, Words<typeof scriptEn>> = { en: scriptEn, de: scriptDe }

export const useScriptWords = (): Words<typeof scriptEn> => WORDS[useLanguage()]
