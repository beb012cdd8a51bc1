import { Suspense, useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { NotifyOffer } from '@/features/notify/offer.tsx'
import { useJobs, useUploads } from '@/features/services.ts'
import { closingOf } from '@/features/upload/closing.ts'
import { useText } from '@/i18n/language.ts'
import type { Messages } from '@/i18n/en.ts'
import { isActive } from '@/jobs/merge.ts'
import { nameOf } from '@/jobs/name.ts'
import type { Entry } from '@/jobs/store.ts'
import { Announcer } from '@/ui/announcer.tsx'
import { cx } from '@/ui/cx.ts'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import { Boundary } from './boundary.tsx'
import { IdentityBar } from './identity_bar.tsx'
import { ModelBar } from './model_bar.tsx'
import { OfflineBar } from './offline_bar.tsx'
import { usePageFocus } from './page_focus.ts'
import { Routes } from './routes.tsx'
import { SkipLink } from './skip_link.tsx'
import { TopBar } from './top_bar.tsx'
import { UpdateBar } from './update_bar.tsx'

const loadDrawer = () => import('@/features/jobs/drawer.tsx')
const JobDrawer = lazyChunk(loadDrawer, 'JobDrawer')

export function Shell() {
  const text = useText()
  const { app } = text
  const { entries } = useJobs()
  const [path, navigate] = useLocation()
  const [opened, setDrawerOpen] = useState(false)
  const drawerOpen = opened || path === '/jobs'
  const opener = useRef<HTMLButtonElement>(null)
  const main = useRef<HTMLElement>(null)
  const closing = closingOf(useUploads(), text).title
  usePageFocus(path, [closing, titleOf(path, entries, app)].filter(Boolean).join(' · '), main)
  // Not needed for what is seen first; there before it is asked for, also where no service worker keeps it.
  useEffect(() => void loadDrawer().catch(() => undefined), []) // whoever opens it waits for it
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
      <section aria-label={app.notices} className="empty:hidden">
        <OfflineBar />
        <ModelBar />
        <IdentityBar />
        <UpdateBar />
      </section>
      <main id="main" ref={main} tabIndex={-1} className="outline-none">
        <Routes path={path} onSubmit={() => openWhereItFits(setDrawerOpen)} onViewJobs={() => setDrawerOpen(true)} />
      </main>
      {drawerOpen && (
        <Boundary>
          <Suspense>
            <JobDrawer onClose={close}>
              <NotifyOffer />
            </JobDrawer>
          </Suspense>
        </Boundary>
      )}
      <Announcer />
    </div>
  )
}

function titleOf(path: string, entries: readonly Entry[], app: Messages['app']): string {
  const id = /^\/jobs\/(.+)/.exec(path)?.[1]
  const job = id === undefined ? null : entries.find((entry) => entry.ref.id === id)?.job
  const pages: Partial<Record<string, string>> = { '/s': app.shared, '/library': app.library, '/sign-in': app.signIn, '/account': app.account, '/admin': app.admin }
  return app.title(job ? nameOf(job) : (pages[path] ?? app.transcribe))
}

/** Beside the page there is room for the list; on a phone it would hide the upload that was just begun. */
function openWhereItFits(setDrawerOpen: (open: boolean) => void): void {
  if (matchMedia('(min-width: 1024px)').matches) setDrawerOpen(true)
}
