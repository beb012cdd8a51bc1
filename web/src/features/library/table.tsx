import { ArrowDown, ArrowUp } from 'lucide-react'
import type { KeyboardEvent, ReactNode } from 'react'
import type { Sort } from '@/backend/owner.ts'
import type { Job } from '@/backend/types.ts'
import { cx } from '@/ui/cx.ts'
import { type Query, usualOrder } from './query.ts'
import { Row, type RowActions } from './row.tsx'
import { useWords } from './words.ts'

interface Props extends RowActions {
  jobs: readonly Job[]
  selected: ReadonlySet<string>
  onSelectAll: (on: boolean) => void
  query: Query
  onSort: (change: Pick<Query, 'sort' | 'order'>) => void
  now: number
  knownTags: readonly string[]
}

const HEAD = 'px-2 py-1.5 text-left text-xs font-semibold text-muted whitespace-nowrap'

/** Dense rows. Where there is little room the columns fold into a line below the name; it stays a table for everybody. */
export function Table({ jobs, selected, onSelectAll, query, onSort, now, knownTags, ...actions }: Props) {
  const words = useWords()
  const all = jobs.length > 0 && jobs.every((job) => selected.has(job.job_id))
  const sortable = (sort: Sort, label: string, shown: string): ReactNode => (
    <SortHead {...{ sort, query, onSort, shown }}>{label}</SortHead>
  )
  return (
    <div className="@container rounded-card border border-line bg-surface">
      {/* Its keys only help on the way between the controls in it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <table aria-label={words.list} className="w-full border-collapse text-sm" onKeyDown={walk}>
        <thead>
          <tr>
            <th scope="col" className="w-8 px-2">
              <label className="grid size-8 cursor-pointer place-items-center max-sm:size-11">
                <input
                  type="checkbox"
                  aria-label={words.selectAll}
                  className="size-4 accent-(--accent)"
                  checked={all}
                  ref={(box) => {
                    if (box) box.indeterminate = !all && selected.size > 0
                  }}
                  onChange={() => onSelectAll(!all)}
                />
              </label>
            </th>
            {sortable('name', words.name, '')}
            <th scope="col" className={cx(HEAD, 'hidden @3xl:table-cell')}>
              {words.status}
            </th>
            <th scope="col" className={cx(HEAD, 'hidden @4xl:table-cell')}>
              {words.source}
            </th>
            {sortable('duration', words.length, 'hidden @3xl:table-cell text-right')}
            {sortable('size', words.size, 'hidden @6xl:table-cell text-right')}
            {sortable('created', words.added, 'hidden @4xl:table-cell')}
            {sortable('expires', words.deleted, 'hidden @3xl:table-cell')}
            <th scope="col" className={HEAD}>
              <span className="sr-only">{words.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <Row key={job.job_id} job={job} selected={selected.has(job.job_id)} now={now} knownTags={knownTags} {...actions} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface SortProps {
  sort: Sort
  query: Query
  onSort: Props['onSort']
  shown: string
  children: string
}

function SortHead({ sort, query, onSort, shown, children }: SortProps) {
  const on = query.sort === sort
  const Arrow = query.order === 'asc' ? ArrowUp : ArrowDown
  const next = on ? (query.order === 'asc' ? 'desc' : 'asc') : usualOrder(sort)
  return (
    <th scope="col" aria-sort={on ? (query.order === 'asc' ? 'ascending' : 'descending') : undefined} className={cx(HEAD, shown)}>
      <button
        type="button"
        onClick={() => onSort({ sort, order: next })}
        className="inline-flex min-h-8 items-center gap-1 hover:text-text hover:underline max-sm:min-h-11"
      >
        {children}
        {on && <Arrow aria-hidden className="size-3.5" />}
      </button>
    </th>
  )
}

/** Up and down go to the same control of the row above or below. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const from = event.target as HTMLElement
  const column = from.dataset['col']
  const row = from.closest('tr')
  const next = event.key === 'ArrowDown' ? row?.nextElementSibling : row?.previousElementSibling
  const control = column && next?.querySelector<HTMLElement>(`[data-col=${column}]`)
  if (!control) return
  event.preventDefault()
  control.focus()
}
