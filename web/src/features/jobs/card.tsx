import { Ban, CircleAlert, CircleCheck, Clock, Cpu, History, Loader, type LucideIcon, Power, TriangleAlert, Upload } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Job } from '@/backend/types.ts'
import { serverNow } from '@/backend/server_clock.ts'
import { clock, date, span } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import { isActive } from '@/jobs/merge.ts'
import { lossesLine } from '@/i18n/losses.ts'
import { nameOf } from '@/jobs/name.ts'
import type { Entry } from '@/jobs/store.ts'
import { Progress } from '@/ui/progress.tsx'
import { useNow } from '../clock.ts'
import { useServerConfig } from '../services.ts'
import { CardActions } from './card_actions.tsx'
import { expiry, facts, nowLine, secondsLeft, type Shown, shownState } from './words.ts'

const LOOKS: Record<Shown, { icon: LucideIcon; colour: string }> = {
  uploading: { icon: Upload, colour: 'text-muted' },
  pending: { icon: Clock, colour: 'text-warn' },
  gpu: { icon: Cpu, colour: 'text-warn' },
  starting: { icon: Power, colour: 'text-accent' },
  processing: { icon: Loader, colour: 'text-accent' },
  completed: { icon: CircleCheck, colour: 'text-ok' },
  failed: { icon: CircleAlert, colour: 'text-danger' },
  cancelled: { icon: Ban, colour: 'text-muted' },
}

export function JobCard({ entry }: { entry: Entry }) {
  const { jobs: text } = useText()
  const locale = useLanguage()
  const { job, ref } = entry
  const active = !job || isActive(job)
  const now = useNow(active ? 1_000 : 30_000)
  const [refusal, setRefusal] = useState<string | null>(null)
  const name = job ? nameOf(job) : ref.id
  const line = nowLine(entry, text, locale, now)
  return (
    <li>
      <article
        className="grid grid-cols-1 gap-2 rounded-card border border-line bg-surface p-4"
        data-status={job?.status ?? 'pending'}
        data-state={shownState(entry)}
        data-job={ref.id}
      >
        <div className="flex items-baseline gap-2">
          <Name id={ref.id} name={name} />
          <Pill state={shownState(entry)} />
        </div>
        {line && <p className="text-sm text-muted">{line}</p>}
        {job?.status === 'processing' && <JobProgress entry={entry} job={job} now={now} />}
        {job && (job.status === 'pending' || job.status === 'processing') && <p className="text-xs text-muted">{text.safe}</p>}
        {job?.status === 'processing' && entry.heard && (
          <p aria-live="off" lang={job.language ?? undefined} className="line-clamp-2 border-l-2 border-accent pl-2 text-sm italic">
            {entry.heard}
          </p>
        )}
        {job?.status === 'failed' && <Failure job={job} />}
        {job && !active && <Facts job={job} now={serverNow()} />}
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

/** How many letters of the end are kept where a name is too long: the ending, and the number before it. */
const TAIL = 9

function Name({ id, name }: { id: string; name: string }) {
  const cut = name.length > 2 * TAIL ? name.length - TAIL : name.length
  return (
    <Link href={`/jobs/${id}`} title={name} aria-label={name} className="flex min-w-0 font-semibold hover:underline">
      <span className="truncate whitespace-pre">{name.slice(0, cut)}</span>
      {cut < name.length && <span className="shrink-0 whitespace-pre">{name.slice(cut)}</span>}
    </Link>
  )
}

function Pill({ state }: { state: Shown }) {
  const { jobs: text } = useText()
  const { icon: Icon, colour } = LOOKS[state]
  return (
    <span className={`ml-auto inline-flex shrink-0 items-center gap-1 text-xs font-semibold ${colour}`}>
      <Icon aria-hidden className="size-4" />
      {text.status[state]}
    </span>
  )
}

function JobProgress({ entry, job, now }: { entry: Entry; job: Job; now: number }) {
  const { jobs: text } = useText()
  const locale = useLanguage()
  const seconds = secondsLeft(entry, now)
  const left = seconds === null ? null : span(locale, seconds)
  const known = job.progress_stage === 'transcribing' || job.progress > 0
  const line = [
    ...(job.duration_ms && known ? [text.of(clock(job.progress_ms), clock(job.duration_ms))] : []),
    ...(left ? [text.left(left)] : []),
  ]
  return (
    <>
      <Progress label={nameOf(job)} share={known ? job.progress / 100 : null} text={text.progress(job.progress, left)} />
      {line.length > 0 && <p className="text-xs text-muted">{line.join(' · ')}</p>}
    </>
  )
}

function Failure({ job }: { job: Job }) {
  const messages = useText()
  const code = job.error_code ?? 'internal'
  return (
    <p className="text-sm text-danger">
      {errorText(messages, code, job.error_message)} <span className="text-xs">{messages.failure.code(code)}</span>
    </p>
  )
}

function Facts({ job, now }: { job: Job; now: number }) {
  const { jobs: text, losses } = useText()
  const price = useServerConfig()
  const locale = useLanguage()
  const ends = expiry(job, text, locale, now)
  const lost = lossesLine(job.losses, losses)
  return (
    <>
      <p className="text-xs text-muted">{facts(job, text, locale, now, price).join(' · ')}</p>
      {lost && (
        <p data-losses className="flex items-start gap-1.5 text-xs text-warn">
          <TriangleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
          {lost}
        </p>
      )}
      {job.cached && job.cached_at && (
        <p className="flex items-center gap-1.5 text-xs">
          <History aria-hidden className="size-3.5 shrink-0" />
          {text.cachedOn(date(locale, job.cached_at))}
        </p>
      )}
      {ends && <p className={ends.soon ? 'text-xs text-warn' : 'text-xs text-muted'}>{ends.line}</p>}
    </>
  )
}
