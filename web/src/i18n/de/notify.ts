import type { Words } from '../words.ts'
import type { notifyEn } from '../en/notify.ts'

export const notifyDe: Words<typeof notifyEn> = {
  title: 'Einschalten',
}
