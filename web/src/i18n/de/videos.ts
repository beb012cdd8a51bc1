import type { videosEn } from '../en/videos.ts'
import type { Words } from '../words.ts'

export const videosDe: Words<typeof videosEn> = {
  title: 'Video mit Untertiteln',
  about: 'Der Server macht eine Kopie des Videos. Das geht weiter, auch wenn Sie hier schließen.',
  how: 'Untertitel',
  kinds: { mux: 'Zum Ein- und Ausschalten', burn: 'Fest im Bild' },
  hints: {
    mux: 'Als Spur in der Datei. Bild und Ton bleiben, wie sie sind. Geht schnell.',
    burn: 'Überall zu sehen und nicht abzuschalten. Dauert etwa so lange wie das Video.',
  },
  language: 'Sprache',
  original: 'Wie gesprochen',
  make: 'Video erstellen',
  made: 'Videos mit Untertiteln',
  waits: 'Wartet, bis es an der Reihe ist',
  making: (name) => `${name} wird erstellt`,
  percent: (percent) => `${percent} %`,
  ready: (name) => `${name} ist fertig.`,
  download: 'Herunterladen',
  downloadNamed: (name) => `${name} herunterladen`,
  delete: (name) => `${name} löschen`,
  deleted: (name) => `${name} ist gelöscht.`,
}
