import { ChevronLeft, ChevronRight, X } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import { useText } from '@/i18n/language.ts'
import { Button, buttonClass } from '@/ui/button.tsx'
import { cx } from '@/ui/cx.ts'
import { useJobs, useLiveState } from '../services.ts'
import { JobCard } from './card.tsx'
import { Filters } from './filters.tsx'
import { Forgotten } from './forgotten.tsx'
import { useListState } from './list_state.ts'
import { pageOf, type Shown } from './sections.ts'

interface Props {
  onClose: () => void
  /** What is to be told above the list. */
  children?: ReactNode
}

/** Beside the page where there is room, over it where there is not. */
export function JobDrawer({ onClose, children }: Props) {
  const { jobs: text, app } = useText()
  const { entries } = useJobs()
  const [state, change] = useListState()
  const { dialog, heading } = useOpened()
  useLeft(dialog, onClose)
  const shown = pageOf(entries, state.filter, state.search, state.page)
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
        backdrop:bg-black/50 sm:w-[25rem] print:hidden"
    >
      <div className="mb-4 flex items-center gap-2">
        <h2 id="jobs-title" ref={heading} tabIndex={-1} className="mr-auto text-xl font-semibold outline-none">
          {text.title}
        </h2>
        <button type="button" aria-label={app.close} onClick={onClose} className={buttonClass('quiet', true)}>
          <X aria-hidden className="size-5" />
        </button>
      </div>
      {children}
      {entries.length === 0 ? (
        <p className="text-sm text-muted">{text.empty}</p>
      ) : (
        <>
          <Filters entries={entries} state={state} onChange={change} />
          {shown.total === 0 && <p className="text-sm text-muted">{text.none}</p>}
          <LiveLine />
          <Sections shown={shown} />
          <Pages shown={shown} onPage={(page) => (change({ page }), dialog.current?.scrollTo(0, 0), heading.current?.focus())} />
        </>
      )}
      <Forgotten entries={entries} />
    </dialog>
  )
}

/** How the list is kept true, for those who wonder why nothing moves. */
function LiveLine() {
  const { jobs: text } = useText()
  const state = useLiveState()
  return (
    <p className="-mt-1 mb-3 flex items-center gap-1.5 text-xs text-muted">
      <span aria-hidden className={cx('size-2 rounded-full', state === 'live' ? 'bg-ok' : 'border border-control')} />
      {text.live[state]}
    </p>
  )
}

function Sections({ shown }: { shown: Shown }) {
  const { jobs: text } = useText()
  return shown.sections.map(({ section, total, entries }) => (
    <section key={section} aria-labelledby={`section-${section}`} className="mb-6">
      <h3 id={`section-${section}`} className="mb-2 text-sm font-semibold text-muted">
        {text.sections[section]} ({total})
      </h3>
      <ul className="grid grid-cols-1 gap-3">
        {entries.map((entry) => (
          <JobCard key={entry.ref.id} entry={entry} />
        ))}
      </ul>
    </section>
  ))
}

function Pages({ shown, onPage }: { shown: Shown; onPage: (page: number) => void }) {
  const { jobs: text } = useText()
  if (shown.pages <= 1) return null
  return (
    <nav aria-label={text.pages} className="flex items-center justify-center gap-3 pb-2 text-sm">
      <Button small aria-label={text.previous} disabled={shown.page <= 1} onClick={() => onPage(shown.page - 1)}>
        <ChevronLeft aria-hidden className="size-4" />
      </Button>
      <span>{text.range(shown.from, shown.to, shown.total)}</span>
      <Button small aria-label={text.next} disabled={shown.page >= shown.pages} onClick={() => onPage(shown.page + 1)}>
        <ChevronRight aria-hidden className="size-4" />
      </Button>
    </nav>
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

/** Where it lies over the page, a transcript that is opened from it would stay hidden. */
function useLeft(dialog: RefObject<HTMLDialogElement | null>, onClose: () => void): void {
  const [path] = useLocation()
  const before = useRef(path)
  useEffect(() => {
    const left = before.current !== path && path !== '/jobs'
    before.current = path
    if (left && dialog.current?.matches(':modal')) onClose()
  }, [path, dialog, onClose])
}
