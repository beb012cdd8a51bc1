/** The language of the page: chosen here, else the browser's, else English. */
import { useSyncExternalStore } from 'react'
import { de } from './de.ts'
import { en, type Messages } from './en.ts'

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof LANGUAGES

const CATALOGUES: Record<Language, Messages> = { en, de }
const KEY = 'aisubs.language'
const listeners = new Set<() => void>()
let current: Language = 'en'

/** Call once before the first render. */
export function startLanguage(): void {
  const wanted = [stored(), ...navigator.languages].map((tag) => tag?.slice(0, 2))
  show(wanted.find((tag): tag is Language => tag !== undefined && tag in LANGUAGES) ?? 'en')
}

export function chooseLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // It holds until the page is left.
  }
  show(language)
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, () => current)
}

export function useText(): Messages {
  return CATALOGUES[useLanguage()]
}

/** The sentence for an error code; `fallback` (the server's, English) where the catalogue has none. */
export function errorText(text: Messages, code: string, fallback: string | null): string {
  const known: Partial<Record<string, string>> = text.errors
  return known[code] ?? (fallback || text.failure.unknown)
}

function show(language: Language): void {
  current = language
  document.documentElement.lang = language
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function stored(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined
  } catch {
    return undefined
  }
}
