import { Suspense } from 'react'
import { Route, Switch } from 'wouter'
import type { Job, JobRef } from '@/backend/types.ts'
import { ShareButton } from '@/features/share_button.tsx'
import { UploadPage } from '@/features/upload/page.tsx'
import { useText } from '@/i18n/language.ts'
import { nameOf } from '@/jobs/name.ts'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import { Boundary } from './boundary.tsx'
import { NotFound } from './not_found.tsx'
import { useShareToken } from './share_token.ts'

// Nobody who only uploads needs them.
const Viewer = lazyChunk(() => import('@/features/viewer/viewer_page.tsx'), 'ViewerPage')
const Library = lazyChunk(() => import('@/features/library/library_page.tsx'), 'LibraryPage')
const Shared = lazyChunk(() => import('@/features/share/shared_page.tsx'), 'SharedPage')
const SignIn = lazyChunk(() => import('@/features/account/sign_in_page.tsx'), 'SignInPage')
const Callback = lazyChunk(() => import('@/features/account/callback_page.tsx'), 'CallbackPage')
const Account = lazyChunk(() => import('@/features/account/account_page.tsx'), 'AccountPage')
const Admin = lazyChunk(() => import('@/features/admin/admin_page.tsx'), 'AdminPage')

interface Props {
  path: string
  onSubmit: () => void
  onViewJobs: () => void
}

/** Every address of the page; one that broke leaves the others whole. */
export function Routes({ path, onSubmit, onViewJobs }: Props) {
  return (
    <Boundary key={path === '/jobs' ? '/' : path}>
      <Suspense fallback={<Loading />}>
        <Switch>
          <Route path="/jobs/:id">{({ id }) => <Viewer key={id} id={id} actions={viewerActions} />}</Route>
          <Route path="/library">
            <Library />
          </Route>
          <Route path="/sign-in" component={SignIn} />
          <Route path="/sign-in/callback" component={Callback} />
          <Route path="/account" component={Account} />
          <Route path="/admin" component={Admin} />
          <Route path="/s">
            <SharedRoute />
          </Route>
          <Route path="/jobs">
            <UploadPage onSubmit={() => undefined} onViewJobs={onViewJobs} />
          </Route>
          <Route path="/">
            <UploadPage onSubmit={onSubmit} onViewJobs={onViewJobs} />
          </Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </Suspense>
    </Boundary>
  )
}

function viewerActions(ref: JobRef, job: Job) {
  return job.status === 'completed' ? <ShareButton jobRef={ref} name={nameOf(job)} /> : null
}

function SharedRoute() {
  return <Shared token={useShareToken()} />
}

/** Only what takes longer than a blink is told. */
function Loading() {
  const { app } = useText()
  return <p className="fade-in-late p-6 text-center text-sm text-muted">{app.loading}</p>
}
