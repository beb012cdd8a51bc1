import type { Words } from '../words.ts'
import type { appEn, failureEn } from '../en/app.ts'

export const appDe: Words<typeof appEn> = {
  title: (page) => `${page} - aisubs`,
  transcribe: 'Transkribieren',
  shared: 'Geteilter Text',
  loading: 'Lädt…',
  jobs: (n) => (n > 0 ? `Aufträge, ${n} laufen` : 'Aufträge'),
  library: 'Bibliothek',
  signIn: 'Anmelden',
  account: 'Konto',
  admin: 'Verwaltung',
  notices: 'Hinweise',
  dismiss: 'Schließen',
  skip: 'Zum Inhalt',
  theme: 'Farben',
  themes: { system: 'Wie das System', light: 'Hell', dark: 'Dunkel' },
  language: 'Sprache',
  offline: (time) => `Offline - Angaben vielleicht veraltet${time ? ` · zuletzt ${time}` : ''}`,
  noAnswer: (time) => `Der Server antwortet nicht - Angaben vielleicht veraltet${time ? ` · zuletzt ${time}` : ''}`,
  notKept: 'Dieser Browser behält nichts: Beim Neuladen sind diese Aufträge vergessen.',
  noModel:
    "Dieser Server hat kein Sprachmodell; noch kann nichts transkribiert werden. Der Betreiber kann eines laden, mit `aisubs models download base`, oder eines installieren, mit `pip install 'aisubs[base]'`.",
  toy: 'Auf diesem Server läuft ein Spielzeugmodell für Tests. Was es schreibt, ist nicht das Gesagte.',
  notFound: 'Unter dieser Adresse ist nichts.',
  home: 'Zum Anfang',
  crashed: 'Dieser Teil der Seite ist stehen geblieben. Ihr Text ist gesichert.',
  reload: 'Neu laden',
  newVersion: 'Eine neue Fassung ist bereit.',
  copyDetails: 'Einzelheiten kopieren',
  close: 'Schließen',
}

export const failureDe: Words<typeof failureEn> = {
  code: (code) => `(${code})`,
  unknown: 'Etwas ging schief.',
}
