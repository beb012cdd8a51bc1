/** Which part of the list is shown. At / and /jobs it is in the address, so that it can be kept, sent, and gone back to. */
import { useEffect, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { type Section, SECTIONS } from './sections.ts'

export interface ListState {
  filter: Section | 'all'
  page: number
  search: string
}

/** Browsers refuse an address that changes with every key. */
const TYPING_MS = 300

export function parseList(query: string): ListState {
  const said = new URLSearchParams(query)
  const page = Number(said.get('page') ?? 1)
  return {
    filter: SECTIONS.find((section) => section === said.get('status')) ?? 'all',
    page: Number.isInteger(page) && page > 0 ? page : 1,
    search: said.get('q') ?? '',
  }
}

export function listAddress({ filter, page, search }: ListState): string {
  const said = new URLSearchParams()
  if (filter !== 'all') said.set('status', filter)
  if (page > 1) said.set('page', String(page))
  if (search !== '') said.set('q', search)
  return said.size > 0 ? `/jobs?${said.toString()}` : '/jobs'
}

export function useListState(): [ListState, (change: Partial<ListState>) => void] {
  const [path, navigate] = useLocation()
  const query = useSearch()
  // Beside a transcript the address is the transcript's.
  const [own, setOwn] = useState<ListState>(() => parseList(''))
  const inAddress = path === '/jobs' || path === '/'
  const state = inAddress ? parseList(path === '/jobs' ? query : '') : own
  const change = (news: Partial<ListState>): void => {
    const next = { ...state, page: 1, ...news }
    if (inAddress) navigate(listAddress(next), { replace: path === '/jobs' && news.page === undefined })
    else setOwn(next)
  }
  return [state, change]
}

/** The text of a field that becomes part of the state a moment after the last key. */
export function useTyped(value: string, tell: (value: string) => void): [string, (text: string) => void] {
  const [text, setText] = useState(value)
  const [known, setKnown] = useState(value)
  if (value !== known) {
    setKnown(value)
    setText(value)
  }
  useEffect(() => {
    if (text === value) return
    const timer = setTimeout(() => tell(text), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text, value, tell])
  return [text, setText]
}
