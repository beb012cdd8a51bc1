import type { Words } from '../words.ts'
import type { appEn, failureEn } from '../en/app.ts'

export const appDe: Words<typeof appEn> = {
  transcribe: 'Verschriften',
  jobs: (n) => (n > 0 ? `Aufträge, ${n} laufen` : 'Aufträge'),
  skip: 'Zum Inhalt',
  theme: 'Farben',
  themes: { system: 'Wie das System', light: 'Hell', dark: 'Dunkel' },
  language: 'Sprache',
  offline: (time) => `Offline - Angaben vielleicht veraltet${time ? ` · zuletzt ${time}` : ''}`,
  notKept: 'Dieser Browser behält nichts: Beim Neuladen sind diese Aufträge vergessen.',
  notFound: 'Unter dieser Adresse ist nichts.',
  home: 'Zum Anfang',
  crashed: 'Dieser Teil der Seite ist stehen geblieben. Aufträge und Uploads sind sicher.',
  reload: 'Neu laden',
  copyDetails: 'Einzelheiten kopieren',
  close: 'Schließen',
  misconfigured: 'Diese Seite ist nicht eingerichtet',
  misconfiguredVar: (name, problem) => `${name}: ${problem}`,
  misconfiguredHint: 'In der Umgebung des Builds setzen, zum Beispiel VITE_API_URL=https://api.example.org',
}

export const failureDe: Words<typeof failureEn> = {
  code: (code) => `(${code})`,
  unknown: 'Etwas ging schief.',
}
