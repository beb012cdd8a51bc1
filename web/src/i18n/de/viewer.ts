import type { Words } from '../words.ts'
import type { viewerEn } from '../en/viewer.ts'

export const viewerDe: Words<typeof viewerEn> = {
  noToken: 'Dieser Browser hat keinen Zugang zu diesem Auftrag. Öffnen Sie ihn in dem Browser, der ihn erteilt hat.',
  loading: 'Der Text wird geladen…',
  partial: (time) => `Endgültig bis ${time}`,
  notYet: 'Der Text erscheint hier, sobald die ersten Wörter gehört sind.',
  silence: 'In dieser Aufnahme wurde keine Sprache gefunden.',
  transcript: 'Text',
  playFrom: (time) => `Ab ${time} abspielen`,
  sure: (percent) => `zu ${percent} % sicher`,

  view: 'Ansicht',
  asText: 'Text',
  captions: 'Untertitel',
  search: 'Im Text suchen',
  matches: (at, n) => (n === 0 ? 'Nicht gefunden' : `${at} von ${n}`),
  nextMatch: 'Nächste Stelle',
  previousMatch: 'Vorige Stelle',
  doubtful: (n) => (n === 1 ? '1 unsicheres Wort' : `${n} unsichere Wörter`),
  nextDoubt: 'Nächstes unsicheres Wort',
  copy: 'Text kopieren',
  copied: 'Kopiert',
  notCopied: 'Dieser Browser lässt die Seite nicht kopieren. Wählen Sie den Text aus und kopieren Sie ihn selbst.',
  backTo: (time) => `Zurück zu ${time}`,

  player: 'Wiedergabe',
  recording: 'Aufnahme',
  play: 'Abspielen',
  back: (seconds) => `${seconds} Sekunden zurück`,
  forward: (seconds) => `${seconds} Sekunden vor`,
  speed: 'Tempo',
  showCaptions: 'Untertitel zeigen',
  mute: 'Stumm',
  volume: 'Lautstärke',
  fullScreen: 'Vollbild',
  float: 'Bild im Bild',
  options: 'Wiedergabe einstellen',
  captionSize: 'Größe der Untertitel',
  sizes: { s: 'Klein', m: 'Mittel', l: 'Groß' },
  captionGround: 'Dunkler Grund hinter den Untertiteln',
  position: 'Stelle in der Aufnahme',
  place: (now, whole) => `${now} von ${whole}`,
  playOwn: 'Eigene Kopie der Aufnahme wählen',
  otherFile: 'Eigene Kopie der Aufnahme wählen…',
  gone: (date) =>
    `Die Aufnahme wurde${date === null ? '' : ` am ${date}`} gelöscht. Wählen Sie zum Anhören Ihre eigene Kopie.`,
  toy: 'Diesen Text hat ein Spielzeugmodell für Tests geschrieben. Er ist nicht das Gesagte.',
  notShared: 'Dieser Link enthält die Aufnahme nicht. Wählen Sie zum Anhören Ihre eigene Kopie.',
  recordingNotYet: 'Die Aufnahme ist noch unterwegs. Wählen Sie Ihre eigene Kopie, um sofort zu hören.',
  wrongLength: 'Diese Aufnahme hat eine andere Länge, ihre Wörter würden nicht passen.',
  cannotPlay: 'Dieser Browser kann die Aufnahme nicht abspielen.',

  profile: 'Untertitel-Profil',
  profiles: { netflix: 'Netflix', bbc: 'BBC', plain: 'Schlicht' },
  measures: (perSecond, widest) => `${perSecond} Zeichen/s · ${widest} Zeichen/Zeile`,
  warnings: (n) => (n === 0 ? 'Keine Warnungen' : n === 1 ? '1 Warnung' : `${n} Warnungen`),
  nextWarning: 'Nächste Warnung',
  warning: (rule, value, limit) => {
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(1).replace('.', ',')} s`
    const known: Record<string, string> = {
      cps: `Zu schnell: ${value} Zeichen/s, höchstens ${limit}`,
      columns: `Zeile zu lang: ${value} Zeichen, höchstens ${limit}`,
      lines: `Zu viele Zeilen: ${value}, höchstens ${limit}`,
      short: `Zu kurz: ${seconds(value)}, mindestens ${seconds(limit)}`,
      long: `Zu lang: ${seconds(value)}, höchstens ${seconds(limit)}`,
    }
    return known[rule] ?? `${rule}: ${value}, Grenze ${limit}`
  },
  edit: 'Bearbeiten',
  editCue: (time) => `Text des Untertitels bei ${time} bearbeiten`,
  which: 'Text',
  edited: 'Bearbeiteter Text',
  machine: 'Text der Maschine',

  keys: 'Tastenkürzel',
}
