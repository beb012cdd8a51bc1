/** The words for who speaks, with the screens that have them. */
import { speakersDe } from '@/i18n/de/speakers.ts'
import { speakersEn } from '@/i18n/en/speakers.ts'
import { type Language, useLanguage } from '@/i18n/language.ts'
import type { Words } from '@/i18n/words.ts'

const WORDS: Record<Language, Words<typeof speakersEn>> = { en: speakersEn, de: speakersDe }

export const useSpeakerWords = (): Words<typeof speakersEn> => WORDS[useLanguage()]
