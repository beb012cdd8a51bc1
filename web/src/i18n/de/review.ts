import type { reviewEn } from '../en/review.ts'
import type { Words } from '../words.ts'

export const reviewDe: Words<typeof reviewEn> = {
  typeText: 'Text selbst schreiben',
  typeMissing: (n) => (n === 1 ? '1 unverstandene Stelle schreiben' : `${n} unverstandene Stellen schreiben`),
}
