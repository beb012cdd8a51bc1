import type { translationsEn } from '../en/translations.ts'
import type { Words } from '../words.ts'

export const translationsDe: Words<typeof translationsEn> = {
  title: 'In anderen Sprachen',
  beside: (language) => `${language}, neben dem Original`,
  open: 'Nebeneinander',
  save: 'Untertitel (SRT)',
  saveOf: (language) => `Untertitel: ${language} (SRT)`,
  openOf: (language) => `${language}, nebeneinander`,
  working: (percent) => `zu ${percent} % übersetzt`,
  untranslated: (n) => (n === 1 ? '1 Satz bleibt unübersetzt' : `${n} Sätze bleiben unübersetzt`),
  doubtful: (n) => (n === 1 ? 'in 1 Satz fehlt ein Begriff aus dem Glossar' : `in ${n} Sätzen fehlt ein Begriff aus dem Glossar`),
  stale: (n) => (n === 1 ? '1 Satz wurde im Original seitdem korrigiert' : `${n} Sätze wurden im Original seitdem korrigiert`),
  isStale: 'Das Original wurde seitdem korrigiert',
  isUntranslated: 'Nicht übersetzt',
  isDoubtful: (terms) => `Es fehlt: ${terms}`,
  original: 'Original',
  at: 'Bei',
  close: 'Schließen',
  listen: (time) => `Ab ${time} hören`,
}
