import type { Job } from '@/backend/types.ts'
import { clock } from '@/i18n/format.ts'
import { useText } from '@/i18n/language.ts'
import { nameOf } from '@/jobs/name.ts'

interface Props {
  job: Job
  durationMs: number
  /** Up to where the text is whole. */
  finalUntilMs: number
}

/** What is shown, how long it is, and how far its transcription has come. */
export function Heading({ job, durationMs, finalUntilMs }: Props) {
  const { viewer: text, jobs: jobsText } = useText()
  const facts = [clock(durationMs), jobsText.status[job.status]]
  if (job.status !== 'completed') facts.push(text.partial(clock(finalUntilMs)))
  return (
    <div className="min-w-0">
      <h1 className="truncate text-xl font-semibold" title={job.filename}>
        {nameOf(job)}
      </h1>
      <p className="text-sm text-muted">{facts.join(' · ')}</p>
    </div>
  )
}
