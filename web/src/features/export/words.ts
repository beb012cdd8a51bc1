/** The words of downloads come with their panel. */
import { exportDe } from '@/i18n/de/export.ts'
import { exportEn } from '@/i18n/en/export.ts'
import { type Language, useLanguage } from '@/i18n/language.ts'
import type { Words } from '@/i18n/words.ts'

export type ExportWords = Words<typeof exportEn>

const WORDS: Record<Language, ExportWords> = { en: exportEn, de: exportDe }

export const useWords = (): ExportWords => WORDS[useLanguage()]
