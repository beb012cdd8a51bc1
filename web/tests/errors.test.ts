/** Every code that the server may answer with has its words in every language, or is none that this page meets. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { errorsDe } from '@/i18n/errors.de.ts'
import { errorsEn } from '@/i18n/errors.en.ts'

/** Why no language needs words for it. */
const NOT_MET: Record<string, string> = {
  bad_request: 'its sentence says what of the request is wrong, which no table knows',
  method_not_allowed: 'of programs',
  lost_lease: 'between workers',
  upload_offset: 'the upload goes on there by itself',
  no_such_range: 'of players, which show no words',
  precondition_failed: 'between the server and its store',
  too_many_webhooks: 'of programs',
  webhook_owner: 'of programs',
  webhooks_unavailable: 'of programs',
}
/** Made in the page itself. */
const OWN = ['bad_answer', 'offline', 'page_fault', 'upload_refused']

const table = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
const codes = [...table.matchAll(/^\| `(\w+)` \| \d{3} \|/gm)].map(([, code = '']) => code)

test('a language has words for every code that the page meets, and for no other', () => {
  expect(codes.length).toBeGreaterThan(50)
  expect(Object.keys(errorsDe).sort()).toEqual([...codes.filter((code) => !(code in NOT_MET)), ...OWN].sort())
  expect(Object.keys(NOT_MET).filter((code) => !codes.includes(code))).toEqual([])
})

test('English has no words for codes that do not exist', () => {
  expect(Object.keys(errorsEn).filter((code) => !codes.includes(code) && !OWN.includes(code))).toEqual([])
})
