/** That somebody has signed out, and that nothing of theirs is to be read before all of it is gone. It is in the first load, so
 *  that a page that begins knows; what clears the browser is leave.ts. */

const LEAVING = 'aisubs.leaving'
/** The page that comes next may be a minute late, after another site ended its session too; by then others may have come. */
const LATE_MS = 60_000

/** Both are needed: others may clear the browser, and with it the first, before this tab has stopped writing. */
export function markLeaving(): void {
  sessionStorage.setItem(LEAVING, String(Date.now()))
  localStorage.setItem(LEAVING, '1')
}

export function isLeaving(): boolean {
  try {
    const here = Number(sessionStorage.getItem(LEAVING) ?? 0) > Date.now() - LATE_MS
    return here || localStorage.getItem(LEAVING) !== null
  } catch {
    return false // a browser that keeps nothing has nothing to clear
  }
}

/** Other tabs hold in memory what is gone from the disk: they begin anew. */
export function followLeaving(): void {
  addEventListener('storage', ({ key, newValue }) => {
    if (key !== LEAVING || newValue === null) return
    sessionStorage.setItem(LEAVING, String(Date.now()))
    location.reload()
  })
}
