import { useId, useState } from 'react'
import type { Deed, QueuedJob } from '@/backend/admin.ts'
import { serverNow } from '@/backend/server_clock.ts'
import { ago, bytes, span } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { senderName, shortId } from './sender.ts'
import { useWords } from './words.ts'

export const PARTS = ['processing', 'pending', 'uploading', 'failed'] as const
type Part = (typeof PARTS)[number]

/** What can be done with a job, by where it stands. */
const DEEDS: Record<Part, readonly Deed[]> = { processing: ['fail'], pending: ['raise', 'fail'], uploading: ['fail'], failed: ['retry'] }

interface Props {
  part: Part
  all: readonly QueuedJob[]
  onDeed: (id: string, deed: Deed) => void
}

export function JobList({ part, all, onDeed }: Props) {
  const words = useWords()
  const jobs = all.filter(({ status }) => status === part)
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="text-lg font-semibold">
        {words.parts[part](jobs.length)}
      </h2>
      {jobs.length > 0 && (
        <ul className="mt-2 divide-y divide-line rounded-card border border-line bg-surface">
          {jobs.map((job) => (
            <Row key={job.job_id} job={job} deeds={DEEDS[part]} onDeed={(deed) => onDeed(job.job_id, deed)} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Row({ job, deeds, onDeed }: { job: QueuedJob; deeds: readonly Deed[]; onDeed: (deed: Deed) => void }) {
  const words = useWords()
  const [asking, setAsking] = useState(false)
  const id = shortId(job.job_id)
  const name: Record<Deed, string> = { raise: words.raiseOf(id), fail: words.failOf(id), retry: words.retryOf(id) }
  return (
    <li data-job={job.job_id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 text-sm">
      <Facts job={job} id={id} />
      <span className="ml-auto flex gap-2">
        {deeds.map((deed) => (
          <Button key={deed} small aria-label={name[deed]} {...(deed === 'fail' ? { className: 'text-danger' } : {})} onClick={() => (deed === 'fail' ? setAsking(true) : onDeed(deed))}>
            {words[deed]}
          </Button>
        ))}
      </span>
      {asking && (
        <Dialog title={words.failAsk(id)} onClose={() => setAsking(false)}>
          <p className="mt-3 text-sm">{words.failAbout}</p>
          <div className="mt-6 flex justify-end gap-2">
            <Button onClick={() => setAsking(false)}>{words.cancel}</Button>
            <Button kind="danger" onClick={() => (setAsking(false), onDeed('fail'))}>
              {words.fail}
            </Button>
          </div>
        </Dialog>
      )}
    </li>
  )
}

function Facts({ job, id }: { job: QueuedJob; id: string }) {
  const words = useWords()
  const text = useText()
  const locale = useLanguage()
  const { sender, position, progress, duration_ms: length, file_size_bytes: size, error_code: code } = job
  const facts = [
    senderName(sender, words),
    position !== null && words.place(position),
    progress > 0 && words.percent(Math.floor(progress)),
    length !== null && span(locale, length / 1000),
    size !== null && bytes(locale, size),
    words.added(ago(locale, job.created_at, Math.max(serverNow(), Date.parse(job.created_at)))),
  ]
  return (
    <span className="min-w-0 flex-1 basis-60">
      <span className="font-mono text-xs">{id}</span>
      <span className="block text-xs text-muted">{facts.filter(Boolean).join(' · ')}</span>
      {code !== null && <span className="block text-xs text-danger">{errorText(text, code, code)}</span>}
    </span>
  )
}
