import type { useWords } from './words.ts'

const ID_LENGTH = 8
type Words = ReturnType<typeof useWords>

/** Who sent something, as far as an administrator is to know. */
export function senderName(sender: string, words: Words): string {
  if (sender.startsWith('account:')) return words.account(shortId(sender.replace('account:', '')))
  const known: Partial<Record<string, string>> = words.senders
  return known[sender] ?? sender
}

/** Enough of it to tell one from another. */
export const shortId = (id: string): string => id.slice(0, ID_LENGTH)

/** Limits of their own can be given to whoever is one and the same every time. */
export const isSomebody = (sender: string): boolean => sender === 'machine' || sender.startsWith('account:')
