/** What of the library is shown, in the address, so that it can be kept, sent, and gone back to. */
import { useLocation, useSearch } from 'wouter'
import { type Sort, SORTS, type Wanted } from '@/backend/owner.ts'
import { STATUSES } from '@/backend/types.ts'

export const SOURCES = ['web', 'folder', 'cli', 'bucket'] as const
export const SPECIAL = ['all', 'kept', 'edited'] as const

export interface Query {
  text: string
  status: (typeof STATUSES)[number] | ''
  source: (typeof SOURCES)[number] | ''
  tag: string
  only: (typeof SPECIAL)[number]
  sort: Sort
  order: 'asc' | 'desc'
}

/** By name one begins with A, by time with what is new. */
export const usualOrder = (sort: Sort): Query['order'] => (sort === 'name' || sort === 'expires' ? 'asc' : 'desc')

export function parseQuery(address: string): Query {
  const said = new URLSearchParams(address)
  const one = <T extends string>(all: readonly T[], name: string): T | undefined => all.find((known) => known === said.get(name))
  const sort = one(SORTS, 'sort') ?? 'created'
  return {
    text: said.get('q') ?? '',
    status: one(STATUSES, 'status') ?? '',
    source: one(SOURCES, 'source') ?? '',
    tag: said.get('tag') ?? '',
    only: one(SPECIAL, 'only') ?? 'all',
    sort,
    order: one(['asc', 'desc'] as const, 'order') ?? usualOrder(sort),
  }
}

export function addressOf({ text, status, source, tag, only, sort, order }: Query): string {
  const said = new URLSearchParams()
  const parts = { q: text, status, source, tag, only: only === 'all' ? '' : only, sort: sort === 'created' ? '' : sort }
  for (const [name, value] of Object.entries(parts)) if (value) said.set(name, value)
  if (order !== usualOrder(sort)) said.set('order', order)
  return said.size > 0 ? `/library?${said.toString()}` : '/library'
}

export const wantedOf = ({ text, status, source, tag, only, sort, order }: Query): Wanted => ({
  text,
  statuses: status ? [status] : [],
  sources: source ? [source] : [],
  tags: tag ? [tag] : [],
  ...(only === 'kept' ? { kept: true } : only === 'edited' ? { edited: true } : {}),
  sort,
  order,
})

export function useQuery(): [Query, (change: Partial<Query>) => void] {
  const [, navigate] = useLocation()
  const query = parseQuery(useSearch())
  const change = (part: Partial<Query>): void => {
    const order = part.sort && part.sort !== query.sort ? usualOrder(part.sort) : query.order
    navigate(addressOf({ ...query, order, ...part }), { replace: true })
  }
  return [query, change]
}
