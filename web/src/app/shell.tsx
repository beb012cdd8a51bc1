import { lazy, Suspense, useRef, useState } from 'react'
import { Link, Route, Switch, useLocation } from 'wouter'
import { JobDrawer } from '@/features/jobs/drawer.tsx'
import { useJobs } from '@/features/services.ts'
import { UploadPage } from '@/features/upload/page.tsx'
import { useText } from '@/i18n/language.ts'
import { isActive } from '@/jobs/merge.ts'
import { Announcer } from '@/ui/announcer.tsx'
import { cx } from '@/ui/cx.ts'
import { Boundary } from './boundary.tsx'
import { NotFound } from './not_found.tsx'
import { OfflineBar } from './offline_bar.tsx'
import { TopBar } from './top_bar.tsx'

// Nobody who only uploads needs it.
const Viewer = lazy(() => import('@/features/viewer/viewer_page.tsx').then(({ ViewerPage }) => ({ default: ViewerPage })))

export function Shell() {
  const { app } = useText()
  const { entries } = useJobs()
  const [path, navigate] = useLocation()
  const [opened, setDrawerOpen] = useState(false)
  const drawerOpen = opened || path === '/jobs'
  const opener = useRef<HTMLButtonElement>(null)
  const running = entries.filter((entry) => !entry.job || isActive(entry.job)).length
  const close = (): void => {
    setDrawerOpen(false)
    if (path === '/jobs') navigate('/')
    opener.current?.focus()
  }
  return (
    <div className={cx('min-h-dvh', drawerOpen && 'lg:pr-[25rem]')}>
      <Link
        href="#main"
        onClick={() => document.getElementById('main')?.focus()}
        className="sr-only z-20 rounded-control bg-surface p-3 focus:not-sr-only focus:absolute"
      >
        {app.skip}
      </Link>
      <TopBar
        running={running}
        drawerOpen={drawerOpen}
        onJobs={() => (drawerOpen ? close() : setDrawerOpen(true))}
        opener={opener}
      />
      <OfflineBar />
      <main id="main" tabIndex={-1} className="outline-none">
        <Boundary key={path}>
          <Suspense>
            <Switch>
              <Route path="/jobs/:id">{({ id }) => <Viewer key={id} id={id} />}</Route>
              <Route path="/jobs">
                <UploadPage onSubmit={() => undefined} onViewJobs={() => setDrawerOpen(true)} />
              </Route>
              <Route path="/">
                <UploadPage onSubmit={openWhereItFits(setDrawerOpen)} onViewJobs={() => setDrawerOpen(true)} />
              </Route>
              <Route>
                <NotFound />
              </Route>
            </Switch>
          </Suspense>
        </Boundary>
      </main>
      {drawerOpen && <JobDrawer onClose={close} />}
      <Announcer />
    </div>
  )
}

/** Beside the page there is room for the list; on a phone it would hide the upload that was just begun. */
function openWhereItFits(setDrawerOpen: (open: boolean) => void): () => void {
  return () => {
    if (matchMedia('(min-width: 1024px)').matches) setDrawerOpen(true)
  }
}
