import { useCallback, useMemo, useState } from 'react'
import { find, type Found, wordOfOffset } from '@/transcript/columns.ts'
import { type Address, keepAddress } from '../address.ts'
import type { Script } from './script.ts'

export interface Searching {
  query: string
  setQuery: (query: string) => void
  found: readonly Found[]
  /** Index of the match that one is at. */
  current: number
  move: (step: 1 | -1) => void
}

/** `onShow` brings a match into view. An address with a place and a search is at the match that is nearest to the place. */
export function useSearching(script: Script, { q: first, t }: Address, onShow: (match: Found) => void): Searching {
  const [query, write] = useState(first)
  const [at, setAt] = useState<number | null>(null)
  const { paragraphs } = script
  const found = useMemo(() => find(paragraphs, query), [paragraphs, query])
  const nearest = useMemo(() => (t === null || query !== first ? 0 : nearestTo(script, found, t * 1000)), [script, found, t, query, first])
  const current = Math.min(at ?? nearest, Math.max(0, found.length - 1))
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

function nearestTo({ paragraphs }: Script, found: readonly Found[], ms: number): number {
  const distances = found.map(({ paragraph, from }) => {
    const of = paragraphs[paragraph]
    return Math.abs((of?.starts[wordOfOffset(of, from)] ?? 0) - ms)
  })
  return Math.max(0, distances.indexOf(Math.min(...distances)))
}
