import { type ReactNode, useRef } from 'react'
import { Link } from 'wouter'
import { useText } from '@/i18n/language.ts'
import { tell } from '@/ui/announcer.tsx'
import { Button, buttonClass } from '@/ui/button.tsx'
import { copyText } from '@/ui/clipboard.ts'
import { AnotherWay } from './another_way.tsx'
import { ScriptButton } from './script_button.tsx'
import type { Upload } from '@/upload/phases.ts'
import { useServices } from '../services.ts'

/** What can be done about an upload in the phase it is in. */
export function Actions({ upload, onViewJobs }: { upload: Upload; onViewJobs: () => void }) {
  const { upload: text } = useText()
  const { uploads } = useServices()
  const { key, name, phase } = upload
  const button = (label: string, act: () => void): ReactNode => (
    <Button small aria-label={text.ofFile(label, name)} onClick={act}>
      {label}
    </Button>
  )
  const cancel = button(text.cancel, () => void uploads.remove(key))
  const remove = button(text.remove, () => void uploads.remove(key))
  switch (phase.name) {
    case 'ready':
      return <><ScriptButton upload={upload} /> {remove}</>
    case 'inspecting':
    case 'rejected':
      return remove
    case 'queued':
    case 'announcing':
    case 'elsewhere':
      return cancel
    case 'preparing':
      return <>{button(text.sendWhole, () => uploads.sendWhole(key))} {cancel}</>
    case 'sending':
      return <><AnotherWay upload={upload} /> {button(text.pause, () => uploads.pause(key))} {cancel}</>
    case 'paused':
      return <>{button(text.resume, () => uploads.resume(key))} {cancel}</>
    case 'waiting':
      return (
        <>
          {button(text.now, () => uploads.hurry(key))}
          {phase.reason === 'queue_full' && button(text.viewJobs, onViewJobs)} {cancel}
        </>
      )
    case 'needs-file':
      return (
        <>
          {phase.again && <Continue upload={upload} />}
          <ChooseAgain upload={upload} main={!phase.again} /> {cancel}
        </>
      )
    case 'failed':
      return <>{button(text.tryAgain, () => uploads.resume(key))} {remove}</>
    case 'submitted':
      return (
        <>
          <OpenLink upload={upload} label={phase.cached ? text.openResult : text.open} />
          {!phase.kept && !upload.mirrored && <CopyJobLink upload={upload} />}
          {phase.cached && !upload.mirrored && button(text.afresh, () => void uploads.again(key, { afresh: true }))}
          {remove}
        </>
      )
  }
}

function OpenLink({ upload, label }: { upload: Upload; label: string }) {
  const { upload: text } = useText()
  return (
    <Link
      href={`/jobs/${upload.jobId ?? ''}`}
      aria-label={text.ofFile(label, upload.name)}
      className={buttonClass('plain', true)}
    >
      {label}
    </Link>
  )
}

/** For a browser that keeps no list: the way back to the job. app/job_link.ts takes it. */
function CopyJobLink({ upload }: { upload: Upload }) {
  const { upload: text } = useText()
  const { jobs } = useServices()
  const copy = async (): Promise<void> => {
    const ref = jobs.get(upload.jobId ?? '')?.ref
    if (!ref) return
    const link = `${location.origin}/#job=${ref.id}.${ref.token}`
    tell((await copyText(link)) ? text.copied : text.copyByHand(link))
  }
  return (
    <Button small kind="primary" aria-label={text.ofFile(text.copyJob, upload.name)} onClick={() => void copy()}>
      {text.copyJob}
    </Button>
  )
}

function Continue({ upload }: { upload: Upload }) {
  const { upload: text } = useText()
  const { uploads } = useServices()
  return (
    <Button
      small
      kind="primary"
      aria-label={text.ofFile(text.goOn, upload.name)}
      onClick={() => void uploads.reopen(upload.key)}
    >
      {text.goOn}
    </Button>
  )
}

function ChooseAgain({ upload, main }: { upload: Upload; main: boolean }) {
  const { upload: text } = useText()
  const { uploads } = useServices()
  const picker = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button
        small
        kind={main ? 'primary' : 'plain'}
        aria-label={text.ofFile(text.chooseFile, upload.name)}
        onClick={() => picker.current?.click()}
      >
        {text.chooseFile}
      </Button>
      <input
        ref={picker}
        type="file"
        tabIndex={-1}
        className="sr-only"
        aria-label={text.ofFile(text.chooseFile, upload.name)}
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file) void uploads.giveFile(upload.key, { file, handle: null })
        }}
      />
    </>
  )
}
