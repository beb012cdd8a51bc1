/** The server's clock as far as its answers tell it. A page that trusted its own would show hours where there are minutes. */

/** `Date` headers have whole seconds, and an answer takes its time. */
const BLUR_MS = 2_000

let aheadMs = 0

export function noteServerDate(header: string | null): void {
  const said = header === null ? Number.NaN : Date.parse(header)
  if (Number.isNaN(said)) return // from another origin it is hidden
  const difference = said - Date.now()
  aheadMs = Math.abs(difference) > BLUR_MS ? difference : 0
}

/** ms since 1970 by the server's clock. */
export const serverNow = (): number => Date.now() + aheadMs
