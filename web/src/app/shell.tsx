import { useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { JobDrawer } from '@/features/jobs/drawer.tsx'
import { NotifyOffer } from '@/features/notify/offer.tsx'
import { useJobs } from '@/features/services.ts'
import { useText } from '@/i18n/language.ts'
import type { Messages } from '@/i18n/en.ts'
import { isActive } from '@/jobs/merge.ts'
import type { Entry } from '@/jobs/store.ts'
import { Announcer } from '@/ui/announcer.tsx'
import { cx } from '@/ui/cx.ts'
import { Boundary } from './boundary.tsx'
import { OfflineBar } from './offline_bar.tsx'
import { usePageFocus } from './page_focus.ts'
import { Routes } from './routes.tsx'
import { SkipLink } from './skip_link.tsx'
import { TopBar } from './top_bar.tsx'
import { UpdateBar } from './update_bar.tsx'

export function Shell() {
  const { app } = useText()
  const { entries } = useJobs()
  const [path, navigate] = useLocation()
  const [opened, setDrawerOpen] = useState(false)
  const drawerOpen = opened || path === '/jobs'
  const opener = useRef<HTMLButtonElement>(null)
  const main = useRef<HTMLElement>(null)
  usePageFocus(path, titleOf(path, entries, app), main)
  const running = entries.filter((entry) => !entry.job || isActive(entry.job)).length
  const close = (): void => {
    setDrawerOpen(false)
    if (path === '/jobs') navigate('/')
    opener.current?.focus()
  }
  return (
    <div className={cx('min-h-dvh', drawerOpen && 'lg:pr-[25rem] print:pr-0')}>
      <SkipLink main={main} />
      <TopBar
        running={running}
        drawerOpen={drawerOpen}
        onJobs={() => (drawerOpen ? close() : setDrawerOpen(true))}
        opener={opener}
      />
      <OfflineBar />
      <UpdateBar />
      <main id="main" ref={main} tabIndex={-1} className="outline-none">
        <Routes path={path} onSubmit={() => openWhereItFits(setDrawerOpen)} onViewJobs={() => setDrawerOpen(true)} />
      </main>
      {drawerOpen && (
        <Boundary>
          <JobDrawer onClose={close}>
            <NotifyOffer />
          </JobDrawer>
        </Boundary>
      )}
      <Announcer />
    </div>
  )
}

function titleOf(path: string, entries: readonly Entry[], app: Messages['app']): string {
  const id = /^\/jobs\/(.+)/.exec(path)?.[1]
  const name = id === undefined ? null : entries.find((entry) => entry.ref.id === id)?.job?.filename
  return app.title(name ?? (path === '/s' ? app.shared : app.transcribe))
}

/** Beside the page there is room for the list; on a phone it would hide the upload that was just begun. */
function openWhereItFits(setDrawerOpen: (open: boolean) => void): void {
  if (matchMedia('(min-width: 1024px)').matches) setDrawerOpen(true)
}
