/** What is looked at, in the address: ?t=754&q=budget&view=captions. A link to a place in a recording is worth having. */

export interface Address {
  /** Seconds, or null for the beginning. */
  t: number | null
  q: string
  view: 'text' | 'captions'
}

export function readAddress(search: string): Address {
  const query = new URLSearchParams(search)
  const t = Number(query.get('t') ?? Number.NaN)
  return {
    t: Number.isFinite(t) && t >= 0 ? t : null,
    q: query.get('q') ?? '',
    view: query.get('view') === 'captions' ? 'captions' : 'text',
  }
}

/** The address with these parts changed; others in it stay. */
export function withAddress(search: string, change: Partial<Address>): string {
  const query = new URLSearchParams(search)
  const put = (name: string, value: string): void => (value ? query.set(name, value) : query.delete(name))
  if (change.t !== undefined) put('t', change.t === null || change.t < 1 ? '' : String(Math.floor(change.t)))
  if (change.q !== undefined) put('q', change.q.trim())
  if (change.view !== undefined) put('view', change.view === 'captions' ? 'captions' : '')
  const text = query.toString()
  return text && `?${text}`
}

let waiting: Partial<Address> = {}
let timer: ReturnType<typeof setTimeout> | undefined
const WAIT_MS = 400

/** Writes it soon: Safari allows a hundred changes in half a minute. No step back is made of it. */
export function keepAddress(change: Partial<Address>): void {
  waiting = { ...waiting, ...change }
  clearTimeout(timer)
  const { pathname } = location
  timer = setTimeout(() => {
    const search = withAddress(location.search, waiting)
    waiting = {}
    // Meanwhile the page may show something else.
    if (location.pathname !== pathname || search === location.search) return
    history.replaceState(history.state, '', `${pathname}${search}${location.hash}`)
  }, WAIT_MS)
}
