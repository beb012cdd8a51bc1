import { FileVideo } from 'lucide-react'
import { useEffect } from 'react'
import { bytes, clock } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import { isActive } from '@/jobs/merge.ts'
import { announce } from '@/ui/announcer.tsx'
import { Progress } from '@/ui/progress.tsx'
import type { Phase, Upload } from '@/upload/phases.ts'
import { useNow } from '../clock.ts'
import { useJobs } from '../services.ts'
import { Actions } from './row_actions.tsx'
import { lineOf, notesOf } from './row_words.ts'

const SPOKEN: Phase['name'][] = ['rejected', 'needs-file', 'submitted', 'failed', 'waiting', 'paused']
const WRONG: Phase['name'][] = ['rejected', 'failed']
const MOVING: Phase['name'][] = ['preparing', 'sending', 'paused', 'waiting', 'needs-file', 'elsewhere']

interface Props {
  upload: Upload
  estimate: string | null
  onViewJobs: () => void
}

export function UploadRow({ upload, estimate, onViewJobs }: Props) {
  const text = useText()
  const locale = useLanguage()
  const now = useNow(1000)
  const { phase } = upload
  const line = useJobLine(upload) ?? lineOf(upload, text, locale, now)
  const length = upload.durationMs ? [clock(upload.durationMs)] : []
  const facts = [bytes(locale, upload.size), ...length, ...(estimate ? [estimate] : [])].join(' · ')
  const spoken = SPOKEN.includes(phase.name) ? text.upload.state(upload.name, line) : null
  const state = phase.name === 'needs-file' ? `${phase.name} ${phase.wrong ?? ''}` : phase.name
  useEffect(() => {
    if (spoken) announce(spoken, WRONG.includes(phase.name) ? 'assertive' : 'polite')
    // Countdowns change the words every second: the state is what is told, once.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [state])
  return (
    <li className="grid grid-cols-1 gap-2 rounded-card border border-line bg-surface p-4" data-phase={phase.name}>
      <div className="flex flex-wrap items-baseline gap-x-2">
        <FileVideo aria-hidden className="size-4 shrink-0 self-center text-muted" />
        <span className="min-w-0 flex-1 truncate font-medium" title={upload.name}>
          {upload.name}
        </span>
        <span className="text-xs text-muted max-sm:basis-full sm:shrink-0">{facts}</span>
      </div>
      {MOVING.includes(phase.name) && (
        <Progress label={upload.name} share={phase.name === 'preparing' ? phase.share : upload.share} text={line} />
      )}
      <div className="flex flex-wrap items-center justify-between gap-2 sm:flex-nowrap">
        <div className="grid min-w-0 gap-1">
          <p className={`text-sm ${WRONG.includes(phase.name) ? 'text-danger' : 'text-muted'}`}>{line}</p>
          {notesOf(upload, text, locale).map((note) => (
            <p key={note} className="text-xs text-muted">
              {note}
            </p>
          ))}
        </div>
        <div className="flex flex-wrap gap-2 sm:ml-auto sm:shrink-0 sm:justify-end">
          <Actions upload={upload} onViewJobs={onViewJobs} />
        </div>
      </div>
    </li>
  )
}

/** A recording that is uploaded says whether its job runs and how it ended; how far it is, is told in the list. */
function useJobLine(upload: Upload): string | null {
  const text = useText()
  const { entries } = useJobs()
  const { phase } = upload
  if (phase.name !== 'submitted' || phase.cached) return null
  const job = entries.find(({ ref }) => ref.id === upload.jobId)?.job
  if (!phase.kept) return null
  if (job?.status === 'processing') return `${text.jobs.status.processing}. ${text.jobs.safe}`
  if (!job || isActive(job)) return null
  if (job.status === 'failed') return errorText(text, job.error_code ?? 'internal', job.error_message)
  return text.jobs.status[job.status]
}
