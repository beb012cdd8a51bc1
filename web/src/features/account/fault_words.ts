import { asBackendError } from '@/backend/backend.ts'
import type { accountEn } from '@/i18n/en/account.ts'
import type { Messages } from '@/i18n/en.ts'
import { errorText } from '@/i18n/language.ts'
import type { Words } from '@/i18n/words.ts'
import { NoSignIn } from './entering.ts'

type AccountWords = Words<typeof accountEn>

/** Those that mean another thing here than where the machine's link signs in. */
const OURS: Partial<Record<string, 'refused' | 'notAllowed' | 'unavailable' | 'nobody'>> = {
  sign_in_refused: 'refused',
  not_allowed: 'notAllowed',
  identity_unavailable: 'unavailable',
  sign_in_unavailable: 'nobody',
}

/** Why somebody is not signed in, and what to do. `notAllowed`: they are, elsewhere, but may not come in. */
export function faultWords(fault: unknown, words: AccountWords, text: Messages): { line: string; notAllowed: boolean } {
  if (fault instanceof NoSignIn) return { line: words[fault.why], notAllowed: false }
  if (isSupabaseFault(fault)) {
    const known: Partial<Record<string, string>> = words.supabase
    return { line: known[fault.code] ?? words.supabaseElse(fault.code), notAllowed: false }
  }
  const { code, message } = asBackendError(fault)
  const ours = OURS[code]
  return { line: ours ? words[ours] : errorText(text, code, message), notAllowed: ours === 'notAllowed' }
}

/** Not by its class: that would load Supabase's client for those who have no need of it. */
const isSupabaseFault = (fault: unknown): fault is { code: string } =>
  fault instanceof Error && fault.name === 'SupabaseFault' && 'code' in fault
