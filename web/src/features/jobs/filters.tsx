import { Search } from 'lucide-react'
import { useId } from 'react'
import { useText } from '@/i18n/language.ts'
import type { Entry } from '@/jobs/store.ts'
import { cx } from '@/ui/cx.ts'
import { type ListState, useTyped } from './list_state.ts'
import { sectionOf, SECTIONS } from './sections.ts'

interface Props {
  entries: readonly Entry[]
  state: ListState
  onChange: (change: Partial<ListState>) => void
}

/** One press shows one kind of jobs, and how many there are of each is told without it. */
export function Filters({ entries, state, onChange }: Props) {
  const { jobs: text } = useText()
  const id = useId()
  const [typed, setTyped] = useTyped(state.search, (search) => onChange({ search }))
  const count = (filter: ListState['filter']): number =>
    filter === 'all' ? entries.length : entries.filter((entry) => sectionOf(entry) === filter).length
  return (
    <div className="mb-4 grid gap-3">
      <div role="group" aria-label={text.filter} className="flex flex-wrap gap-1.5">
        {(['all', ...SECTIONS] as const).map((filter) => (
          <button
            key={filter}
            type="button"
            aria-pressed={state.filter === filter}
            onClick={() => onChange({ filter })}
            className={cx(
              'inline-flex min-h-8 items-center gap-1.5 rounded-full border px-3 text-sm max-sm:min-h-11',
              state.filter === filter ? 'border-accent bg-soft font-semibold' : 'border-control bg-surface hover:bg-sunken',
            )}
          >
            {filter === 'all' ? text.all : text.sections[filter]}
            <span className={cx('text-xs', state.filter !== filter && 'text-muted')}>{count(filter)}</span>
          </button>
        ))}
      </div>
      <div className="relative">
        <label htmlFor={id} className="sr-only">
          {text.search}
        </label>
        <Search aria-hidden className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted" />
        <input
          id={id}
          type="search"
          value={typed}
          placeholder={text.search}
          onChange={(event) => setTyped(event.target.value)}
          className="min-h-10 w-full rounded-control border border-control bg-surface pr-3 pl-9 text-base
            placeholder:text-muted max-sm:min-h-11"
        />
      </div>
    </div>
  )
}
