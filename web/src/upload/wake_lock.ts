/** Keeps the screen of a phone on while something is sent: a phone that sleeps stops sending. */
export function keepAwake(wanted: () => boolean, subscribe: (listener: () => void) => void): void {
  const wakeLock = (navigator as { wakeLock?: WakeLock }).wakeLock
  if (!wakeLock || !matchMedia('(pointer: coarse)').matches) return
  let held: WakeLockSentinel | null = null
  let asking = false
  const check = (): void => {
    const wish = wanted() && document.visibilityState === 'visible'
    if (!wish) {
      void held?.release()
      held = null
    } else if (!asking && (held === null || held.released)) {
      asking = true
      wakeLock
        .request('screen')
        .then((sentinel) => (held = sentinel))
        .catch(() => undefined) // a battery that is low: the phone knows better
        .finally(() => (asking = false))
    }
  }
  subscribe(check)
  document.addEventListener('visibilitychange', check)
}
