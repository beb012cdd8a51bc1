/** The key of a library: whoever has it has every job in it. 130 random bits in Crockford's base32, which has no letters that
 *  are taken for another (https://www.crockford.com/base32.html). */

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 26
const PREFIX = 'lib_'
const GROUP = 4
const WHOLE = new RegExp(`^[${DIGITS}]{${LENGTH}}$`)

/** From `getRandomValues`, which pages over plain HTTP have too. */
export function newLibraryKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH))
  return PREFIX + Array.from(bytes, (byte) => DIGITS[byte & 31]).join('')
}

/** As people write it down: "7ZX4-…". */
export function shownKey(key: string): string {
  const digits = key.slice(PREFIX.length).toUpperCase()
  return (digits.match(new RegExp(`.{1,${GROUP}}`, 'g')) ?? []).join('-')
}

/** What somebody typed or pasted, which may be the whole link that a QR code holds. Null: that is no key. */
export function readKey(text: string): string | null {
  const said = (/#library=(.*)$/.exec(text.trim())?.[1] ?? text).trim().replace(/^lib_/i, '')
  const digits = said.replace(/[\s-]/g, '').toLowerCase().replace(/o/g, '0').replace(/[il]/g, '1')
  return WHOLE.test(digits) ? PREFIX + digits : null
}
