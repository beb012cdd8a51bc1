/** The words of the caption editor come with it. */
import { captionsDe } from '@/i18n/de/captions.ts'
import { captionsEn } from '@/i18n/en/captions.ts'
import { type Language, useLanguage } from '@/i18n/language.ts'
import type { Words } from '@/i18n/words.ts'

export type CaptionWords = Words<typeof captionsEn>

const WORDS: Record<Language, CaptionWords> = { en: captionsEn, de: captionsDe }

export const useCaptionWords = (): CaptionWords => WORDS[useLanguage()]
