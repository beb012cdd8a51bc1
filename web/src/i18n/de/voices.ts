import type { voicesEn } from '../en/voices.ts'
import type { Words } from '../words.ts'

export const voicesDe: Words<typeof voicesEn> = {
  title: 'Bekannte Stimmen',
  isIt: (speaker, name, likeness) => `${speaker}: Ist das ${name}? (${likeness})`,
  yes: 'Ja',
  no: 'Nein',
  accepted: (name) => `Heißt jetzt ${name}`,
  declined: 'Wird nicht mehr vorgeschlagen',
  remember: 'Menschen wiedererkennen, denen ich einen Namen gegeben habe',
  whatItIs:
    'Was dann von einer Stimme bleibt, sind biometrische Daten: Fragen Sie die Menschen. Es wird gelöscht, wenn Sie die Stimme vergessen lassen, die Aufnahme löschen oder dies ausschalten.',
  knownFrom: (name, n) => `${name} · ${n === 1 ? '1 Aufnahme' : `${n} Aufnahmen`}`,
  forget: 'Vergessen',
  forgetWhom: (name) => `Die Stimme von ${name} vergessen`,
  forgotten: (name) => `Die Stimme von ${name} ist vergessen`,
}
