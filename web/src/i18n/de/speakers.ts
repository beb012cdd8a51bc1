import type { Words } from '../words.ts'
import type { speakersEn } from '../en/speakers.ts'

export const speakersDe: Words<typeof speakersEn> = {
  group: 'Wer spricht',
  only: 'Nur',
  percent: (share) => `${share} %`,
  shown: (name, n, all) => `Nur ${name}: ${n} von ${all} Absätzen`,
  everybody: 'Alle zeigen',
  allShown: 'Alle Absätze sind zu sehen',
  next: (name) => `Nächster Beitrag von ${name}`,
  previous: (name) => `Voriger Beitrag von ${name}`,
  noNext: (name) => `${name} spricht nicht mehr`,
  noPrevious: (name) => `${name} hat vorher nicht gesprochen`,
  atOnce: 'zwei sprechen zugleich',
  nobody: 'Hier ist kein Sprecher bekannt',

  reach: 'Gilt für',
  reaches: { paragraph: 'diesen Absatz', turn: 'bis der Sprecher wechselt', onwards: 'alles von ihm ab hier' },
  reached: (name, n) => `${n} Absätze werden von ${name} gesprochen`,

  share: (time, percent, n) => `${time} · ${percent} · ${n === 1 ? '1 Absatz' : `${n} Absätze`}`,
  mergeWith: (name) => `${name} zusammenlegen mit`,
  mergeShort: 'Zusammenlegen mit…',

  redo: 'Neu unterscheiden',
  redoAbout: 'Dabei wird nichts noch einmal transkribiert. Namen bleiben, wo die Stimmen bleiben.',
  number: 'Wie viele sprechen',
  asHeard: 'wie gehört',
  redoing: 'Wird unterschieden…',
  redone: (n, kept, lost) =>
    [
      n === 1 ? 'Eine Person spricht.' : `${n} Personen sprechen.`,
      kept.length > 0 && `${kept.join(', ')}: Name behalten.`,
      lost.length > 0 && `${lost.join(', ')}: Nichts ist übrig.`,
      'Rückgängig bringt die früheren Sprecher zurück.',
    ]
      .filter(Boolean)
      .join(' '),
  redoneSame: 'Nichts hat sich geändert: Die Sprecher sind, wie sie waren.',
}
