import type { misconfiguredEn } from '../en/misconfigured.ts'
import type { Words } from '../words.ts'

export const misconfiguredDe: Words<typeof misconfiguredEn> = {
  title: 'Diese Seite ist nicht eingerichtet',
  problems: {
    missing: (name) => `${name} ist nicht gesetzt. Diese Seite kommt nicht von ihrer API und muss wissen, wo die ist.`,
    scheme: (name) => `${name} muss mit https:// beginnen (oder zum Testen mit http://).`,
    address: (name) => `${name} ist keine Adresse.`,
  },
  is: 'Gesetzt ist',
  could: 'Richtig wäre',
  hint: 'In der Umgebung des Builds setzen und neu bauen. Bleibt es leer, wird die API dort gesucht, woher diese Seite kommt.',
}
