import type { copyEn } from '../en/copy.ts'
import type { Words } from '../words.ts'

export const copyDe: Words<typeof copyEn> = {
  again: (name) => `${name} wieder öffnen`,
  moved: (name) => `${name} liegt nicht mehr dort. Wählen Sie die Datei noch einmal.`,
  showPicture: 'Bild aus Ihrer eigenen Kopie zeigen',
}
