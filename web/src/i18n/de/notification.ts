import type { notificationEn } from '../en/notification.ts'
import type { Words } from '../words.ts'

export const notificationDe: Words<typeof notificationEn> = {
  subject: {
    completed: (name) => `${name} ist fertig`,
    failed: (name) => `${name} konnte nicht transkribiert werden`,
  },
  silent: 'Niemand spricht darin.',
  unclear: (time) => `${time} Sprache sind unklar.`,
  cut: (time) => `Die Datei endet zu früh, bei ${time}.`,
  speakers: 'Die Sprecher ließen sich nicht unterscheiden.',
  body: { completed: 'Den Text öffnen.', failed: 'Nachsehen, was schiefging und was hilft.' },
}
