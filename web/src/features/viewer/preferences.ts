/** How one likes to see subtitles, kept in this browser. */
import * as v from 'valibot'
import { useCallback, useState } from 'react'

const KEY = 'aisubs.captions.v1'
export const SIZES = ['s', 'm', 'l'] as const

const Preferences = v.object({
  shown: v.fallback(v.boolean(), true),
  size: v.fallback(v.picklist(SIZES), 'm'),
  ground: v.fallback(v.boolean(), true),
  profile: v.fallback(v.string(), 'netflix'),
})
export type Preferences = v.InferOutput<typeof Preferences>

export function usePreferences(): [Preferences, (change: Partial<Preferences>) => void] {
  const [preferences, set] = useState(read)
  const change = useCallback((part: Partial<Preferences>) => {
    set((former) => {
      const now = { ...former, ...part }
      write(now)
      return now
    })
  }, [])
  return [preferences, change]
}

function read(): Preferences {
  try {
    return v.parse(Preferences, JSON.parse(localStorage.getItem(KEY) ?? '{}'))
  } catch {
    return v.parse(Preferences, {})
  }
}

function write(preferences: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences))
  } catch {
    // They hold until the page is left.
  }
}
