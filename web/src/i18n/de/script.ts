import type { scriptEn } from '../en/script.ts'
import type { Words } from '../words.ts'

export const scriptDe: Words<typeof scriptEn> = {
  title: (name) => `Der Text zu ${name}`,
  about:
    'Ein Manuskript oder Untertitel (SRT, WebVTT, SubStation Alpha). Seine Wörter treten an die Stelle des Gehörten, zu den Zeiten, zu denen sie gesprochen werden. Untertitel behalten ihre Zeilen.',
  limits: 'Übersetzt wird dann nicht, und von mehreren Tonspuren wird eine gehört.',
  file: 'Datei wählen',
  paste: 'oder hier einfügen',
  use: 'Diesen Text nehmen',
  without: 'Ohne Text',
  cancel: 'Abbrechen',
  empty: 'Darin steht kein Wort.',
  long: (letters) => `Das ist zu lang: Mehr als ${letters} Zeichen gehen nicht.`,
  unreadable: (name) => `${name} ist kein Text, der sich hier lesen lässt.`,
  pasted: 'eingefügt',
  note: 'Ihr Text und der Ton',
  found: (said, words) => `${said} von ${words} Wörtern Ihres Textes sind im Ton gefunden.`,
  moved: (words) => `${words} davon in anderer Reihenfolge.`,
  placed: (n) => `Untertitel, von denen kein Wort zu hören war und die nach ihren Nachbarn gesetzt sind: ${n}.`,
  unsaid: (words) => `Soweit zu hören, nie gesagt: ${words} Wörter`,
  atBegin: 'am Anfang',
  after: (time) => `nach ${time}`,
  unscripted: (time) => `Gesagt, aber nicht in Ihrem Text: ${time}`,
  listen: (where) => `Anhören, ${where}`,
  all: 'Auf keiner Seite fehlt etwas.',
}
