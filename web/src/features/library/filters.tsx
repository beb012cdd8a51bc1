import { Search, X } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import type { Totals } from '@/backend/owner.ts'
import { STATUSES } from '@/backend/types.ts'
import { Button } from '@/ui/button.tsx'
import { useTyped } from '../jobs/list_state.ts'
import { type Query, SOURCES, SPECIAL, usualOrder } from './query.ts'
import { useWords } from './words.ts'

interface Props {
  query: Query
  totals: Totals | null
  onChange: (change: Partial<Query>) => void
}

/** One field for names and texts, and choices that name only what there is. */
export function Filters({ query, totals, onChange }: Props) {
  const words = useWords()
  const id = useId()
  const [typed, setTyped] = useTyped(query.text, (text) => onChange({ text }))
  const some = (counts: Record<string, number> | undefined, one: string): boolean => (counts?.[one] ?? 0) > 0
  const narrowed = query.status !== '' || query.source !== '' || query.tag !== '' || query.only !== 'all'
  const tags = Object.keys(totals?.tags ?? {}).sort((a, b) => a.localeCompare(b))
  if (query.tag && !tags.includes(query.tag)) tags.unshift(query.tag)
  return (
    <search className="grid gap-3">
      <div className="relative">
        <label htmlFor={id} className="sr-only">
          {words.search}
        </label>
        <Search aria-hidden className="pointer-events-none absolute top-1/2 left-3 size-5 -translate-y-1/2 text-muted" />
        <input
          id={id}
          type="search"
          value={typed}
          placeholder={words.search}
          onChange={(event) => setTyped(event.target.value)}
          className="min-h-11 w-full rounded-control border border-control bg-surface pr-3 pl-10 text-base placeholder:text-muted"
        />
      </div>
      <div role="group" aria-label={words.filters} className="grid grid-cols-1 items-center gap-2 text-sm min-[22rem]:grid-cols-2 sm:flex sm:flex-wrap">
        <Choice label={words.status} value={query.status} onChoose={(status) => onChange({ status: status as Query['status'] })}>
          <option value="">{words.any}</option>
          {STATUSES.filter((one) => one === query.status || some(totals?.statuses, one)).map((one) => (
            <option key={one} value={one}>
              {words.statuses[one]} ({totals?.statuses[one] ?? 0})
            </option>
          ))}
        </Choice>
        <Choice label={words.source} value={query.source} onChoose={(source) => onChange({ source: source as Query['source'] })}>
          <option value="">{words.any}</option>
          {SOURCES.filter((one) => one === query.source || some(totals?.sources, one)).map((one) => (
            <option key={one} value={one}>
              {words.sources[one]} ({totals?.sources[one] ?? 0})
            </option>
          ))}
        </Choice>
        {tags.length > 0 && (
          <Choice label={words.tag} value={query.tag} onChoose={(tag) => onChange({ tag })}>
            <option value="">{words.any}</option>
            {tags.map((tag) => (
              <option key={tag} value={tag}>
                {tag} ({totals?.tags[tag] ?? 0})
              </option>
            ))}
          </Choice>
        )}
        <Choice label={words.special} value={query.only} onChoose={(only) => onChange({ only: only as Query['only'] })}>
          {SPECIAL.map((one) => (
            <option key={one} value={one}>
              {words.more[one]}
            </option>
          ))}
        </Choice>
        {narrowed && (
          <Button small kind="quiet" onClick={() => onChange({ status: '', source: '', tag: '', only: 'all' })}>
            <X aria-hidden className="size-4" />
            {words.clear}
          </Button>
        )}
        {/* Where the heads of the columns that sort are folded away. */}
        <div className="sm:hidden">
          <Choice
            label={words.sort}
            value={query.sort}
            onChoose={(sort) => onChange({ sort: sort as Query['sort'], order: usualOrder(sort as Query['sort']) })}
          >
            {Object.entries(words.sorts).map(([sort, label]) => (
              <option key={sort} value={sort}>
                {label}
              </option>
            ))}
          </Choice>
        </div>
      </div>
    </search>
  )
}

function Choice({ label, value, onChoose, children }: { label: string; value: string; onChoose: (value: string) => void; children: ReactNode }) {
  return (
    <label className="flex min-h-9 min-w-0 items-center gap-1.5 rounded-control border border-control bg-surface pl-3 max-sm:min-h-11">
      <span className="text-muted">{label}</span>
      <select
        value={value}
        onChange={(event) => onChoose(event.target.value)}
        className="min-h-8 min-w-0 flex-1 rounded-control bg-surface sm:max-w-44 pr-1 font-medium text-text max-sm:min-h-11"
      >
        {children}
      </select>
    </label>
  )
}
