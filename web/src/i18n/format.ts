/** Numbers, sizes and times as a reader of the language writes them. */

const formatters = new Map<string, Intl.NumberFormat>()

function unit(locale: string, value: number, name: string, digits: number, style: 'short' | 'long' = 'short'): string {
  const key = `${locale} ${name} ${digits} ${style}`
  let formatter = formatters.get(key)
  if (!formatter) {
    formatter = new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: style, maximumFractionDigits: digits })
    formatters.set(key, formatter)
  }
  return formatter.format(value)
}

export function bytes(locale: string, value: number): string {
  if (value < 1000) return unit(locale, value, 'byte', 0, 'long')
  if (value < 1e6) return unit(locale, value / 1e3, 'kilobyte', 0)
  if (value < 1e9) return unit(locale, value / 1e6, 'megabyte', value < 1e7 ? 1 : 0)
  return unit(locale, value / 1e9, 'gigabyte', 1)
}

/** "40 sec", "6 min", "1 hr 10 min". */
export function span(locale: string, seconds: number): string {
  if (seconds < 60) return unit(locale, Math.max(1, Math.round(seconds)), 'second', 0)
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return unit(locale, minutes, 'minute', 0)
  const rest = minutes % 60
  const hours = unit(locale, Math.floor(minutes / 60), 'hour', 0)
  return rest ? `${hours} ${unit(locale, rest, 'minute', 0)}` : hours
}

/** A number from 0 to 1, such as "0.83". */
export function share(locale: string, value: number): string {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value)
}

/** A cost: the smallest that there is stands for all that are smaller. */
export function money(locale: string, amount: number, currency: string): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(Math.max(0.01, amount))
}

/** 0:07, 12:34, 1:02:03: places in a recording, the same in every language. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

/** 12:34.567: the edge of a subtitle. */
export const exactClock = (ms: number): string => `${clock(ms)}.${String(Math.max(0, Math.round(ms)) % 1000).padStart(3, '0')}`

export function ago(locale: string, then: string, now: number): string {
  const seconds = (Date.parse(then) - now) / 1000
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const size = Math.abs(seconds)
  if (size < 60) return relative.format(Math.round(seconds), 'second')
  if (size < 3600) return relative.format(Math.round(seconds / 60), 'minute')
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), 'hour')
  return relative.format(Math.round(seconds / 86_400), 'day')
}

export const date = (locale: string, text: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(new Date(text))

/** "27 Nov", "27 Nov, 14:03" on the day itself, with the year in another one. */
export function shortDate(locale: string, text: string): string {
  const then = new Date(text)
  const now = new Date()
  const near = Math.abs(then.getTime() - now.getTime()) < 86_400_000
  const style: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' }
  if (near) Object.assign(style, { hour: 'numeric', minute: '2-digit' })
  else if (then.getFullYear() !== now.getFullYear()) style.year = 'numeric'
  return new Intl.DateTimeFormat(locale, style).format(then)
}

export const dateTime = (locale: string, text: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(text))

export const timeOfDay = (locale: string, at: number): string =>
  new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(at)

export function languageName(locale: string, code: string): string {
  const standard = code === 'jw' ? 'jv' : code // Whisper's own code for Javanese
  return new Intl.DisplayNames(locale, { type: 'language', fallback: 'code' }).of(standard) ?? code
}
