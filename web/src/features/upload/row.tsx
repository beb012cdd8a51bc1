import { FileVideo } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { Link } from 'wouter'
import type { Messages } from '@/i18n/en.ts'
import { bytes, clock, span } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import { isActive } from '@/jobs/merge.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button, buttonClass } from '@/ui/button.tsx'
import { Progress } from '@/ui/progress.tsx'
import type { Phase, Upload } from '@/upload/record.ts'
import { useNow } from '../clock.ts'
import { useJobs, useServices } from '../services.ts'

const SPOKEN: Phase['name'][] = ['rejected', 'needs-file', 'submitted', 'failed', 'waiting', 'paused']
const WRONG: Phase['name'][] = ['rejected', 'failed']

export function UploadRow({ upload, onViewJobs }: { upload: Upload; onViewJobs: () => void }) {
  const text = useText()
  const locale = useLanguage()
  const now = useNow(1000)
  const { phase } = upload
  const line = useJobLine(upload) ?? lineOf(upload, text, locale, now)
  const facts = [bytes(locale, upload.size), ...(upload.durationMs ? [clock(upload.durationMs)] : [])].join(' · ')
  const spoken = SPOKEN.includes(phase.name) ? text.upload.state(upload.name, line) : null
  const state = phase.name === 'needs-file' ? `${phase.name} ${phase.wrong ?? ''}` : phase.name
  useEffect(() => {
    if (spoken) announce(spoken, WRONG.includes(phase.name) ? 'assertive' : 'polite')
    // Countdowns change the words every second: the state is what is told, once.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [state])
  const moving = ['sending', 'paused', 'waiting', 'needs-file', 'elsewhere'].includes(phase.name)
  return (
    <li className="grid grid-cols-1 gap-2 rounded-card border border-line bg-surface p-4" data-phase={phase.name}>
      <div className="flex items-baseline gap-2">
        <FileVideo aria-hidden className="size-4 shrink-0 self-center text-muted" />
        <span className="min-w-0 truncate font-medium" title={upload.name}>
          {upload.name}
        </span>
        <span className="ml-auto shrink-0 text-xs text-muted">{facts}</span>
      </div>
      {moving && <Progress label={upload.name} share={upload.share} text={line} />}
      <p className={`text-sm ${WRONG.includes(phase.name) ? 'text-danger' : 'text-muted'}`}>{line}</p>
      {phase.name === 'sending' && <p className="text-xs text-muted">{text.upload.keepOpen} {text.upload.reassure}</p>}
      <div className="flex flex-wrap gap-2">
        <Actions upload={upload} onViewJobs={onViewJobs} />
      </div>
    </li>
  )
}

/** A recording that is uploaded says how its job ended; how it goes on is told in the list. */
function useJobLine(upload: Upload): string | null {
  const text = useText()
  const { entries } = useJobs()
  const job = upload.phase.name === 'submitted' && entries.find(({ ref }) => ref.id === upload.jobId)?.job
  if (!job || isActive(job)) return null
  if (job.status === 'failed') return errorText(text, job.error_code ?? 'internal', job.error_message)
  return text.jobs.status[job.status]
}

function Actions({ upload, onViewJobs }: { upload: Upload; onViewJobs: () => void }) {
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
    case 'inspecting':
    case 'ready':
    case 'rejected':
      return remove
    case 'queued':
    case 'announcing':
    case 'elsewhere':
      return cancel
    case 'sending':
      return <>{button(text.pause, () => uploads.pause(key))} {cancel}</>
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
      return <><ChooseAgain upload={upload} /> {cancel}</>
    case 'failed':
      return <>{button(text.tryAgain, () => uploads.resume(key))} {remove}</>
    case 'submitted':
      return (
        <>
          <Link href={`/jobs/${upload.jobId ?? ''}`} aria-label={text.ofFile(text.open, name)} className={buttonClass('plain', true)}>
            {text.open}
          </Link>
          {remove}
        </>
      )
  }
}

function ChooseAgain({ upload }: { upload: Upload }) {
  const { upload: text } = useText()
  const { uploads } = useServices()
  const picker = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button
        small
        kind="primary"
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
          if (file) void uploads.giveFile(upload.key, file)
        }}
      />
    </>
  )
}

function lineOf(upload: Upload, messages: Messages, locale: string, now: number): string {
  const { upload: text } = messages
  const { phase, name } = upload
  const percent = Math.floor(upload.share * 100)
  switch (phase.name) {
    case 'inspecting':
      return text.checking
    case 'rejected': {
      const sentences: Partial<Record<string, (name: string) => string>> = text.rejected
      return sentences[phase.reason]?.(name) ?? phase.reason
    }
    case 'ready':
      return text.ready
    case 'queued':
      return text.queued
    case 'announcing':
      return text.announcing
    case 'sending': {
      const speed = upload.speed === null ? [] : [`${bytes(locale, upload.speed)}/s`]
      const left = upload.leftS === null ? [] : [text.left(span(locale, upload.leftS))]
      return [text.uploading(percent), ...speed, ...left].join(' · ')
    }
    case 'paused':
      return text.paused(percent)
    case 'waiting': {
      const inS = span(locale, Math.max(1, (phase.until - now) / 1000))
      if (phase.reason === 'queue_full') return text.busy(inS)
      return phase.reason === 'network' && !navigator.onLine ? text.noNetwork : text.again(inS)
    }
    case 'needs-file':
      if (phase.wrong === 'size') return text.wrongSize(name, bytes(locale, upload.size))
      return phase.wrong === 'content' ? text.wrongContent(name) : text.needsFile(name, percent)
    case 'elsewhere':
      return text.elsewhere
    case 'submitted':
      return phase.cached ? text.cached : text.submitted
    case 'failed':
      return `${errorText(messages, phase.code, phase.message)} (${phase.code})`
  }
}
