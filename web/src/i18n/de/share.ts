import type { Words } from '../words.ts'
import type { shareEn } from '../en/share.ts'

export const shareDe: Words<typeof shareEn> = {
  title: 'Teilen',
  of: (name) => `Teilen: ${name}`,
}
