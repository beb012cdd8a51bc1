import type { Words } from '../words.ts'
import type { viewerEn } from '../en/viewer.ts'

export const viewerDe: Words<typeof viewerEn> = {
  noToken: 'Dieser Browser hat keinen Zugang zu diesem Auftrag. Öffnen Sie ihn in dem Browser, der ihn erteilt hat.',
  loading: 'Der Text wird geladen…',
  partial: (time) => `Endgültig bis ${time}`,
  notYet: 'Der Text erscheint hier, sobald die ersten Wörter gehört sind.',
  silence: 'In dieser Aufnahme wurde keine Sprache gefunden.',
  search: 'Im Text suchen',
  matches: (at, n) => (n === 0 ? 'Nicht gefunden' : `${at} von ${n}`),
  nextMatch: 'Nächste Stelle',
  previousMatch: 'Vorige Stelle',
  doubtful: (n) => (n === 1 ? '1 unsicheres Wort' : `${n} unsichere Wörter`),
  follow: 'Dem gesprochenen Wort folgen',
  playOwn: 'Zum Anhören die eigene Kopie der Aufnahme wählen',
  otherFile: 'Andere Datei wählen',
  wrongLength: 'Diese Aufnahme hat eine andere Länge, ihre Wörter würden nicht passen.',
  cannotPlay: 'Dieser Browser kann die Datei nicht abspielen.',
  speed: 'Tempo',
  playFrom: (time) => `Ab ${time} abspielen`,
  transcript: 'Text',
  copy: 'Text kopieren',
  copied: 'Kopiert',
  keys: 'Leertaste oder K spielt ab, J und L springen, / sucht, N findet das nächste unsichere Wort.',
}
