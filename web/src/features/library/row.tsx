import { Bookmark, Ellipsis, Inbox, type LucideIcon, MonitorUp, PencilLine, PaintBucket, SquareTerminal } from 'lucide-react'
import { memo, type MouseEvent, useState } from 'react'
import { flushSync } from 'react-dom'
import { Link } from 'wouter'
import type { Change } from '@/backend/library.ts'
import type { Job } from '@/backend/types.ts'
import { ago, bytes, clock, shortDate } from '@/i18n/format.ts'
import { type Language, useLanguage } from '@/i18n/language.ts'
import { nameOf } from '@/jobs/name.ts'
import { cx } from '@/ui/cx.ts'
import { menuItemClass, Popover } from '@/ui/popover.tsx'
import { TagsField } from './tags_field.tsx'
import { TitleField } from './title_field.tsx'
import { useWords } from './words.ts'

const SOURCE_ICONS: Partial<Record<string, LucideIcon>> = { web: MonitorUp, folder: Inbox, cli: SquareTerminal, bucket: PaintBucket }
const STATUS_COLOURS: Partial<Record<Job['status'], string>> = { completed: 'text-ok', failed: 'text-danger', cancelled: 'text-muted' }
const SOON_MS = 48 * 3_600_000

export interface RowActions {
  select: (id: string, on: boolean, range: boolean) => void
  change: (job: Job, change: Change) => void
  remove: (job: Job) => void
  /** Null where nothing can be kept for good. */
  keep: ((job: Job, keep: boolean) => void) | null
}

interface Props extends RowActions {
  job: Job
  selected: boolean
  /** By the server's clock. */
  now: number
  knownTags: readonly string[]
}

const CELL = 'border-t border-line px-2 align-middle'

export const Row = memo(function Row({ job, selected, now, knownTags, select, change, remove, keep }: Props) {
  const words = useWords()
  const locale = useLanguage()
  const [writing, setWriting] = useState<'title' | 'tags' | null>(null)
  const name = nameOf(job)
  const id = job.job_id
  const done = (toRow: boolean): void => {
    if (!toRow) return setWriting(null)
    flushSync(() => setWriting(null))
    document.querySelector<HTMLElement>(`[data-row="${id}"] [data-col=name]`)?.focus()
  }
  const SourceIcon = SOURCE_ICONS[job.source] ?? Inbox
  const sources: Partial<Record<string, string>> = words.sources
  const ends = deletion(job, now, locale, words.stays)
  return (
    <tr data-row={id} data-status={job.status} className={cx('group', selected ? 'bg-soft' : 'hover:bg-sunken')}>
      <td className={cx(CELL, 'w-8')}>
        <label className="grid size-8 cursor-pointer place-items-center max-sm:size-11">
          <input
            type="checkbox"
            data-col="select"
            aria-label={words.select(name)}
            className="size-4 accent-(--accent)"
            checked={selected}
            onClick={(event: MouseEvent) => select(id, !selected, event.shiftKey)}
            onChange={() => undefined}
          />
        </label>
      </td>
      {/* The name is what a row is called by. */}
      <th scope="row" className={cx(CELL, 'w-full max-w-0 py-1 text-left font-normal')}>
        {writing === 'title' ? (
          <TitleField name={name} filename={job.filename} onSave={(title) => change(job, { title })} onEnd={done} />
        ) : (
          <div className="flex min-w-0 items-center gap-2 max-sm:flex-wrap max-sm:gap-y-0">
            <Link
              href={`/jobs/${id}`}
              data-col="name"
              title={name === job.filename ? name : `${name} (${job.filename})`}
              onKeyDown={(event) => event.key === 'F2' && setWriting('title')}
              className="truncate font-semibold hover:underline max-sm:flex max-sm:min-h-11 max-sm:items-center max-sm:whitespace-normal"
            >
              {name}
            </Link>
            {job.edited_at && <PencilLine role="img" aria-label={words.edited} className="size-3.5 shrink-0 text-muted" />}
            {writing !== 'tags' && <Tags tags={job.tags} />}
          </div>
        )}
        <p className="text-xs text-muted @3xl:hidden">
          {[statusOf(job, words.statuses), job.duration_ms ? clock(job.duration_ms) : null, sources[job.source], ends.text]
            .filter(Boolean)
            .join(' · ')}
        </p>
        {writing === 'tags' && (
          <TagsField name={name} tags={job.tags} known={knownTags} onChange={(tags) => change(job, { tags })} onEnd={done} />
        )}
      </th>
      <td className={cx(CELL, 'hidden whitespace-nowrap @3xl:table-cell', STATUS_COLOURS[job.status])}>
        {statusOf(job, words.statuses)}
      </td>
      <td className={cx(CELL, 'hidden whitespace-nowrap text-muted @4xl:table-cell')}>
        <span className="inline-flex items-center gap-1.5">
          <SourceIcon aria-hidden className="size-4 shrink-0" />
          {sources[job.source] ?? job.source}
        </span>
      </td>
      <td className={cx(CELL, 'hidden text-right whitespace-nowrap @3xl:table-cell')}>{job.duration_ms ? clock(job.duration_ms) : ''}</td>
      <td className={cx(CELL, 'hidden text-right whitespace-nowrap text-muted @6xl:table-cell')}>
        {job.file_size_bytes ? bytes(locale, job.file_size_bytes) : ''}
      </td>
      <td className={cx(CELL, 'hidden whitespace-nowrap text-muted @4xl:table-cell')}>{shortDate(locale, job.created_at)}</td>
      <td className={cx(CELL, 'hidden whitespace-nowrap @3xl:table-cell', ends.soon ? 'text-warn' : 'text-muted')}>{ends.text}</td>
      <td className={cx(CELL, 'w-0')}>
        <div className="flex items-center">
        {keep && (
          <button
            type="button"
            data-col="keep"
            aria-pressed={job.kept}
            aria-label={words.keep(name)}
            title={words.menuKeep}
            onClick={() => keep(job, !job.kept)}
            className="grid size-8 place-items-center rounded-control hover:bg-sunken max-sm:size-11"
          >
            <Bookmark aria-hidden className={cx('size-4', job.kept ? 'fill-accent text-accent' : 'text-muted')} />
          </button>
        )}
        <Popover late small kind="quiet" name={words.menu(name)} label={<Ellipsis aria-hidden className="size-4" />}>
          {(close) => (
            <>
              <MenuItem onPick={() => (close(), setWriting('title'))}>{words.rename}</MenuItem>
              <MenuItem onPick={() => (close(), setWriting('tags'))}>{words.editTags}</MenuItem>
              <MenuItem onPick={() => (close(), remove(job))}>{words.delete}</MenuItem>
            </>
          )}
        </Popover>
        </div>
      </td>
    </tr>
  )
})

function MenuItem({ onPick, children }: { onPick: () => void; children: string }) {
  return (
    <button type="button" className={menuItemClass} onClick={onPick}>
      {children}
    </button>
  )
}

function Tags({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return null
  return (
    <span className="flex min-w-0 shrink-[2] gap-1 overflow-hidden text-xs max-sm:flex-wrap">
      {tags.map((tag) => (
        <span key={tag} className="truncate rounded-full border border-line bg-soft px-2" title={tag}>
          {tag}
        </span>
      ))}
    </span>
  )
}

const statusOf = ({ status, progress }: Job, words: Record<Job['status'], string>): string =>
  status === 'processing' ? `${words.processing} ${progress}\u00a0%` : words[status]

function deletion({ kept, expires_at: at }: Job, now: number, locale: Language, stays: string): { text: string; soon: boolean } {
  if (kept || at === null) return { text: kept ? stays : '', soon: false }
  return { text: ago(locale, at, Math.min(now, Date.parse(at))), soon: Date.parse(at) - now < SOON_MS }
}
