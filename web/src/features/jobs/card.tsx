import { Ban, CircleAlert, CircleCheck, Clock, Loader, type LucideIcon, Upload } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import type { Job, Status } from '@/backend/types.ts'
import type { Messages } from '@/i18n/en.ts'
import { ago, clock, date, languageName, span } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import { isActive } from '@/jobs/merge.ts'
import type { Entry } from '@/jobs/store.ts'
import { announce } from '@/ui/announcer.tsx'
import { Progress } from '@/ui/progress.tsx'
import { useNow } from '../clock.ts'
import { CardActions } from './card_actions.tsx'

const LOOKS: Record<Status, { icon: LucideIcon; colour: string }> = {
  uploading: { icon: Upload, colour: 'text-muted' },
  pending: { icon: Clock, colour: 'text-warn' },
  processing: { icon: Loader, colour: 'text-accent' },
  completed: { icon: CircleCheck, colour: 'text-ok' },
  failed: { icon: CircleAlert, colour: 'text-danger' },
  cancelled: { icon: Ban, colour: 'text-muted' },
}

export function JobCard({ entry }: { entry: Entry }) {
  const messages = useText()
  const { jobs: text } = messages
  const locale = useLanguage()
  const now = useNow(10_000)
  const [refusal, setRefusal] = useState<string | null>(null)
  const { job, ref } = entry
  const status = job?.status ?? 'pending'
  const name = job?.filename ?? ref.id
  useSpokenChange(job, text)
  const { icon: Icon, colour } = LOOKS[status]
  const line = entry.pending ? text[entry.pending] : job ? nowLine(job, text, locale) : text.unknown
  return (
    <li>
      <article className="grid grid-cols-1 gap-2 rounded-card border border-line bg-surface p-4" data-status={status} data-job={ref.id}>
        <div className="flex items-baseline gap-2">
          <Link href={`/jobs/${ref.id}`} title={name} className="min-w-0 truncate font-medium hover:underline">
            {name}
          </Link>
          <span className={`ml-auto inline-flex shrink-0 items-center gap-1 text-xs font-semibold ${colour}`}>
            <Icon aria-hidden className="size-4" />
            {text.status[status]}
          </span>
        </div>
        {line && <p className="text-sm text-muted">{line}</p>}
        {job?.status === 'processing' && <JobProgress job={job} />}
        {job && (job.status === 'pending' || job.status === 'processing') && (
          <p className="text-xs text-muted">{text.safe}</p>
        )}
        {job?.status === 'processing' && entry.heard && (
          <p aria-live="off" lang={job.language ?? undefined} className="line-clamp-2 border-l-2 border-accent pl-2 text-sm italic">
            {entry.heard}
          </p>
        )}
        {job?.status === 'failed' && (
          <p className="text-sm text-danger">
            {errorText(messages, job.error_code ?? 'internal', job.error_message)}{' '}
            <span className="text-xs">{messages.failure.code(job.error_code ?? 'internal')}</span>
          </p>
        )}
        {job && !isActive(job) && <p className="text-xs text-muted">{facts(job, text, locale, now).join(' · ')}</p>}
        {refusal && (
          <p role="alert" className="text-sm text-danger">
            {refusal}
          </p>
        )}
        <CardActions entry={entry} name={name} onRefusal={setRefusal} />
      </article>
    </li>
  )
}

function JobProgress({ job }: { job: Job }) {
  const { jobs: text } = useText()
  const locale = useLanguage()
  const left = job.eta_s === null ? null : span(locale, job.eta_s)
  const known = job.progress_stage === 'transcribing' || job.progress > 0
  return (
    <>
      <Progress label={job.filename} share={known ? job.progress / 100 : null} text={text.progress(job.progress, left)} />
      <p className="text-xs text-muted">
        {[
          ...(job.duration_ms && known ? [text.of(clock(job.progress_ms), clock(job.duration_ms))] : []),
          ...(left ? [text.left(left)] : []),
        ].join(' · ')}
      </p>
    </>
  )
}

function nowLine(job: Job, text: Messages['jobs'], locale: string): string | null {
  if (job.status === 'uploading') return text.uploading
  if (job.status === 'pending') {
    if (job.waiting_for === 'gpu') return text.waitingForGpu
    const line = job.position === null ? text.waiting : text.inLine(job.position)
    return job.eta_s === null ? line : `${line} · ${text.about(span(locale, job.eta_s))}`
  }
  if (job.status !== 'processing') return null
  const stage = job.progress_stage ?? 'starting'
  return stage === 'transcribing' ? text.transcribing(job.progress) : text[stage]
}

function facts(job: Job, text: Messages['jobs'], locale: string, now: number): string[] {
  const said: string[] = []
  if (job.completed_at) said.push(ago(locale, job.completed_at, now))
  if (job.duration_ms) said.push(clock(job.duration_ms))
  if (job.language) said.push(languageName(locale, job.language))
  if (job.cached && job.cached_at) said.push(text.cachedOn(date(locale, job.cached_at)))
  else if (job.status === 'completed' && job.started_at && job.completed_at) {
    said.push(text.took(span(locale, (Date.parse(job.completed_at) - Date.parse(job.started_at)) / 1000)))
  }
  if (job.expires_at) said.push(text.deletedIn(ago(locale, job.expires_at, now)))
  return said
}

/** A job that ends, or begins, is told once; progress is not. */
function useSpokenChange(job: Job | null, text: Messages['jobs']): void {
  const before = useRef(job?.status)
  useEffect(() => {
    if (job && before.current !== undefined && before.current !== job.status) {
      announce(text.isNow(job.filename, text.status[job.status]), job.status === 'failed' ? 'assertive' : 'polite')
    }
    before.current = job?.status
  }, [job, text])
}
