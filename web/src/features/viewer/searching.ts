import { useCallback, useMemo, useState } from 'react'
import { find, type Found } from '@/transcript/columns.ts'
import { keepAddress } from './address.ts'
import type { Script } from './script.ts'

export interface Searching {
  query: string
  setQuery: (query: string) => void
  found: readonly Found[]
  /** Index of the match that one is at. */
  current: number
  move: (step: 1 | -1) => void
}

/** `onShow` brings a match into view. */
export function useSearching(script: Script, first: string, onShow: (match: Found) => void): Searching {
  const [query, write] = useState(first)
  const [at, setAt] = useState(0)
  const { paragraphs } = script
  const found = useMemo(() => find(paragraphs, query), [paragraphs, query])
  const current = Math.min(at, Math.max(0, found.length - 1))
  const setQuery = useCallback(
    (wanted: string) => {
      write(wanted)
      setAt(0)
      keepAddress({ q: wanted })
      const match = find(paragraphs, wanted)[0]
      if (match) onShow(match)
    },
    [paragraphs, onShow],
  )
  const move = (step: 1 | -1): void => {
    if (found.length === 0) return
    const next = (current + step + found.length) % found.length
    setAt(next)
    const match = found[next]
    if (match) onShow(match)
  }
  return { query, setQuery, found, current, move }
}
