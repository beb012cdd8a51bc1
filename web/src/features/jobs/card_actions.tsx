import { Ellipsis } from 'lucide-react'
import { useRef, useState } from 'react'
import { Link } from 'wouter'
import type { BackendError } from '@/backend/backend.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { isActive } from '@/jobs/merge.ts'
import type { Entry } from '@/jobs/store.ts'
import { Button, buttonClass } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { menuItemClass, Popover } from '@/ui/popover.tsx'
import { DownloadMenu } from '../download_menu.tsx'
import { useServerConfig, useServices } from '../services.ts'
import { ShareButton } from '../share_button.tsx'

interface Props {
  entry: Entry
  name: string
  onRefusal: (sentence: string | null) => void
}

export function CardActions({ entry, name, onRefusal }: Props) {
  const text = useText()
  const { jobs: words } = text
  const { actions } = useServices()
  const row = useRef<HTMLDivElement>(null)
  const { job, ref } = entry
  const act = async (step: Promise<BackendError | null>): Promise<void> => {
    const fault = await step
    onRefusal(fault ? errorText(text, fault.code, fault.message) : null)
    keepFocus(row.current)
  }
  const busy = entry.pending !== null
  const canCancel = useCanCancel(job?.status)
  // What cannot be read today cannot be read tomorrow either.
  const canRetry = job?.status === 'cancelled' || (job?.status === 'failed' && job.retryable !== false)
  return (
    <div ref={row} className="flex flex-wrap gap-2">
      {job?.status === 'completed' && (
        <>
          <Link href={`/jobs/${ref.id}`} aria-label={`${words.open}: ${name}`} className={buttonClass('plain', true)}>
            {words.open}
          </Link>
          <DownloadMenu jobRef={ref} name={name} small edited={job.edited_at !== null} />
          <ShareButton jobRef={ref} name={name} small />
        </>
      )}
      {job?.status === 'processing' && job.windows > 0 && (
        <Link href={`/jobs/${ref.id}`} aria-label={`${words.readOn}: ${name}`} className={buttonClass('plain', true)}>
          {words.readOn}
        </Link>
      )}
      {canRetry && (
        <Button small disabled={busy} aria-label={`${words.retry}: ${name}`} onClick={() => void act(actions.retry(ref.id))}>
          {words.retry}
        </Button>
      )}
      {job?.status === 'failed' && job.retryable === false && (
        <Link href="/" aria-label={`${words.another}: ${name}`} className={buttonClass('plain', true)}>
          {words.another}
        </Link>
      )}
      {canCancel && (
        <Button small disabled={busy} aria-label={`${words.cancel}: ${name}`} onClick={() => void act(actions.cancel(ref.id))}>
          {words.cancel}
        </Button>
      )}
      <More entry={entry} name={name} runsOn={job?.status === 'processing' && !canCancel} onDelete={() => void act(actions.delete(ref.id))} />
    </div>
  )
}

/** What runs is stopped only where the server allows that. */
function useCanCancel(status: string | undefined): boolean {
  const config = useServerConfig()
  return status === 'pending' || status === 'uploading' || (status === 'processing' && config?.cancel_running === true)
}

/** A button that did its work goes away, and would take the focus with it. */
function keepFocus(row: HTMLElement | null): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return
    const next = row?.isConnected ? row.querySelector<HTMLElement>('button:enabled, a') : document.getElementById('jobs-title')
    next?.focus()
  })
}

interface MoreProps {
  entry: Entry
  name: string
  /** Nothing ends it before its end. */
  runsOn: boolean
  onDelete: () => void
}

function More({ entry, name, runsOn, onDelete }: MoreProps) {
  const { jobs: text } = useText()
  const { jobs } = useServices()
  const [asking, setAsking] = useState(false)
  const { job, ref } = entry
  const forget = (): void => {
    jobs.forget(ref.id)
    keepFocus(null)
  }
  return (
    <>
      <Popover small name={text.more(name)} label={<Ellipsis aria-hidden className="size-4" />}>
        {(close) => (
          <>
            {job && !isActive(job) && (
              <button type="button" className={menuItemClass} onClick={() => (close(), setAsking(true))}>
                {text.delete}
              </button>
            )}
            {runsOn && <p className="px-3 py-2 text-sm">{text.runsOn}</p>}
            {/* What is held by the right to a library would be there again at once. */}
            {!entry.held && !runsOn && (
              <button type="button" className={menuItemClass} onClick={() => (close(), forget())}>
                {text.forget}
              </button>
            )}
          </>
        )}
      </Popover>
      {asking && <DeleteDialog name={name} onClose={() => setAsking(false)} onDelete={onDelete} />}
    </>
  )
}

function DeleteDialog({ name, onClose, onDelete }: { name: string; onClose: () => void; onDelete: () => void }) {
  const { jobs: text } = useText()
  const confirmed = useRef(false)
  const leave = (yes: boolean): void => {
    if (confirmed.current) return
    confirmed.current = yes
    onClose()
    if (yes) onDelete()
  }
  return (
    <Dialog title={text.deleteTitle(name)} onClose={() => leave(false)}>
      <p className="mt-3 text-sm text-muted">{text.deleteText}</p>
      <div className="mt-6 flex justify-end gap-2">
        <Button onClick={() => leave(false)}>{text.keep}</Button>
        <Button kind="danger" onClick={() => leave(true)}>
          {text.deleteYes}
        </Button>
      </div>
    </Dialog>
  )
}
