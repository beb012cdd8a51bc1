/** The language of the page: chosen here, else the browser's, else English. */
import { useSyncExternalStore } from 'react'
import { loadChunk } from '@/chunks.ts'
import { en, type Messages } from './en.ts'

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof LANGUAGES

/** English comes with the page; who reads another language loads that one alone, before anything is shown. */
const LOAD: Record<Language, () => Promise<Messages>> = {
  en: () => Promise.resolve(en),
  de: async () => (await import('./de.ts')).de,
}
const KEY = 'aisubs.language'
const listeners = new Set<() => void>()
let wanted: Language = 'en'
let current: { language: Language; text: Messages } = { language: 'en', text: en }

/** Await it once before the first render. */
export async function startLanguage(): Promise<void> {
  const known = [stored(), ...navigator.languages].map((tag) => tag?.slice(0, 2))
  const language = known.find((tag): tag is Language => tag !== undefined && tag in LANGUAGES) ?? 'en'
  try {
    tell(language, await LOAD[language]())
  } catch {
    void show(language) // English until its words can be had
  }
}

export function chooseLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // It holds until the page is left.
  }
  void show(language)
}

/** For what is said outside of the page. */
export const currentLanguage = (): Language => current.language
export const currentText = (): Messages => current.text

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, () => current.language)
}

export function useText(): Messages {
  return useSyncExternalStore(subscribe, () => current.text)
}

/** The sentence for an error code; `fallback` (the server's, English) where the catalogue has none. */
export function errorText(text: Messages, code: string, fallback: string | null): string {
  const known: Partial<Record<string, string>> = text.errors
  const words = known[code]
  if (words === undefined) return fallback || text.failure.unknown
  return code === 'worker_start' ? `${words} ${said(fallback ?? '')}`.trim() : words
}

/** What the worker itself said: it stands after the first sentence, and no table of words has it. */
function said(message: string): string {
  return message.replace(/^[^.]*\.\s*/, '')
}

async function show(language: Language): Promise<void> {
  wanted = language
  const text = await loadChunk(LOAD[language]).catch(console.error) // better another language than none
  if (text && wanted === language) tell(language, text)
}

function tell(language: Language, text: Messages): void {
  current = { language, text }
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
