/** Ids that nobody guesses and no two pages share. From `getRandomValues`, which every page has; `crypto.randomUUID` is
 *  missing on pages over plain HTTP, as a server in the house sends them (W3C Web Cryptography, "SecureContext"). */

/** `bits` random bits in hex; a multiple of 8. */
export function randomHex(bits: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(bits / 8))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** As many as a UUID has. */
export const newId = (): string => randomHex(128)
