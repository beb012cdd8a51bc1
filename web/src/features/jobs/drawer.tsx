import { ChevronLeft, ChevronRight, X } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { useText } from '@/i18n/language.ts'
import type { Entry } from '@/jobs/store.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button, buttonClass } from '@/ui/button.tsx'
import { Input, Select } from '@/ui/field.tsx'
import { useJobs, useServices } from '../services.ts'
import { JobCard } from './card.tsx'
import { type Section, pageOf, SECTIONS } from './sections.ts'

const UNDO_MS = 8_000

/** Beside the page where there is room, over it where there is not. */
export function JobDrawer({ onClose }: { onClose: () => void }) {
  const { jobs: text, app } = useText()
  const { entries } = useJobs()
  const [filter, setFilter] = useState<Section | 'all'>('all')
  const [search, setSearch] = useState('')
  const [page, setPage] = useState(1)
  const { dialog, heading } = useOpened()
  const shown = pageOf(entries, filter, search, page)
  const onKeyDown = (event: KeyboardEvent): void => {
    // A menu or a question in the drawer goes first.
    const inner = dialog.current?.querySelector(':popover-open, dialog[open]')
    if (event.key !== 'Escape' || event.defaultPrevented || inner) return
    event.preventDefault()
    onClose()
  }
  return (
    // Beside the page it is no modal one, which alone the browser closes on Escape.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={dialog}
      aria-labelledby="jobs-title"
      onCancel={(event) => event.target === dialog.current && (event.preventDefault(), onClose())}
      onKeyDown={onKeyDown}
      className="fixed inset-y-0 right-0 left-auto z-10 m-0 h-dvh w-full overflow-y-auto border-l border-line bg-bg p-4
        backdrop:bg-black/50 sm:w-[25rem]"
    >
      <div className="mb-4 flex items-center gap-2">
        <h2 id="jobs-title" ref={heading} tabIndex={-1} className="mr-auto text-xl font-semibold outline-none">
          {text.title}
        </h2>
        <button type="button" aria-label={app.close} onClick={onClose} className={buttonClass('quiet', true)}>
          <X aria-hidden className="size-5" />
        </button>
      </div>
      {entries.length === 0 ? (
        <p className="text-sm text-muted">{text.empty}</p>
      ) : (
        <>
          <div className="mb-4 grid grid-cols-2 gap-2">
            <Select label={text.filter} value={filter} onChange={(event) => (setFilter(event.target.value as Section), setPage(1))}>
              <option value="all">{text.all}</option>
              {SECTIONS.map((section) => (
                <option key={section} value={section}>
                  {text.sections[section]}
                </option>
              ))}
            </Select>
            <Input
              type="search"
              label={text.search}
              value={search}
              onChange={(event) => (setSearch(event.target.value), setPage(1))}
            />
          </div>
          {shown.total === 0 && <p className="text-sm text-muted">{text.none}</p>}
          {shown.sections.map(({ section, total, entries: cards }) => (
            <section key={section} aria-labelledby={`section-${section}`} className="mb-6">
              <h3 id={`section-${section}`} className="mb-2 text-sm font-semibold text-muted">
                {text.sections[section]} ({total})
              </h3>
              <ul className="grid grid-cols-1 gap-3">
                {cards.map((entry) => (
                  <JobCard key={entry.ref.id} entry={entry} />
                ))}
              </ul>
            </section>
          ))}
          {shown.pages > 1 && (
            <nav aria-label={text.title} className="flex items-center justify-center gap-3 text-sm">
              <Button small aria-label={text.previous} disabled={shown.from <= 1} onClick={() => setPage(page - 1)}>
                <ChevronLeft aria-hidden className="size-4" />
              </Button>
              <span>{text.range(shown.from, shown.to, shown.total)}</span>
              <Button small aria-label={text.next} disabled={shown.to >= shown.total} onClick={() => setPage(page + 1)}>
                <ChevronRight aria-hidden className="size-4" />
              </Button>
            </nav>
          )}
        </>
      )}
      <Forgotten entries={entries} />
    </dialog>
  )
}

/** What was taken from the list can be put back for a while. */
function Forgotten({ entries }: { entries: readonly Entry[] }) {
  const { jobs: text } = useText()
  const { jobs } = useServices()
  const before = useRef(entries)
  const [lost, setLost] = useState<Entry | null>(null)
  useEffect(() => {
    const missing = before.current.find((entry) => !entries.includes(entry) && jobs.wasForgotten(entry.ref.id))
    before.current = entries
    if (missing) setLost(missing)
  }, [entries, jobs])
  useEffect(() => {
    if (!lost) return
    announce(text.forgotten(lost.job?.filename ?? lost.ref.id))
    const timer = setTimeout(() => setLost(null), UNDO_MS)
    return () => clearTimeout(timer)
  }, [lost, text])
  if (!lost) return null
  return (
    <div className="sticky bottom-0 flex items-center gap-2 rounded-card border border-line bg-surface p-3 text-sm shadow-xl">
      <span className="mr-auto min-w-0">{text.forgotten(lost.job?.filename ?? lost.ref.id)}</span>
      <Button small onClick={() => (jobs.restore(lost), setLost(null))}>
        {text.undo}
      </Button>
    </div>
  )
}

/** Opened by a person on a small screen it is modal; beside the page it leaves the focus where it was. */
function useOpened(): { dialog: RefObject<HTMLDialogElement | null>; heading: RefObject<HTMLHeadingElement | null> } {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    const element = dialog.current
    const wide = matchMedia('(min-width: 1024px)')
    const open = (): void => {
      const focused = document.activeElement
      element?.close()
      if (wide.matches) {
        element?.show() // takes the focus, unasked
        const byPerson = focused instanceof HTMLElement && focused.hasAttribute('aria-expanded')
        if (byPerson) heading.current?.focus()
        else if (focused instanceof HTMLElement) focused.focus()
      } else {
        element?.showModal()
        heading.current?.focus()
      }
    }
    open()
    wide.addEventListener('change', open)
    return () => {
      wide.removeEventListener('change', open)
      element?.close()
    }
  }, [])
  return { dialog, heading }
}
