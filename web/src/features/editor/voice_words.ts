/** The words of known voices come with what shows them. */
import { voicesDe } from '@/i18n/de/voices.ts'
import { voicesEn } from '@/i18n/en/voices.ts'
import { type Language, useLanguage } from '@/i18n/language.ts'
import type { Words } from '@/i18n/words.ts'

const WORDS: Record<Language, Words<typeof voicesEn>> = { en: voicesEn, de: voicesDe }

export const useVoiceWords = (): Words<typeof voicesEn> => WORDS[useLanguage()]
