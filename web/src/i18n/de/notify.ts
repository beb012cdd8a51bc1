import type { Words } from '../words.ts'
import type { notifyEn } from '../en/notify.ts'
import { notificationDe } from './notification.ts'

export const notifyDe: Words<typeof notifyEn> = {
  ...notificationDe,
  question: 'Möchten Sie erfahren, wenn ein Text fertig ist?',
  whileOpen: 'Solange diese Seite in irgendeinem Tab offen ist.',
  evenClosed: 'Auch wenn diese Seite geschlossen ist.',
  turnOn: 'Einschalten',
  notNow: 'Jetzt nicht',
  isOn: 'Sie erfahren, wenn ein Text fertig ist, solange diese Seite in irgendeinem Tab offen ist.',
  isOnClosed: 'Sie erfahren, wenn ein Text fertig ist, auch wenn diese Seite geschlossen ist.',
  denied: 'Der Browser blockiert Mitteilungen dieser Seite. Erlauben können Sie sie über das Symbol neben der Adresse.',
  toggle: 'Mitteilen, wenn ein Text fertig ist',
  good: 'OK',
}
