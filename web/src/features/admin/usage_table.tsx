import { useId, useState } from 'react'
import type { SenderUsage } from '@/backend/admin.ts'
import { bytes, span } from '@/i18n/format.ts'
import { useLanguage } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import type { Act } from './admin_page.tsx'
import { LimitsDialog } from './limits_dialog.tsx'
import { isSomebody, senderName } from './sender.ts'
import { useWords } from './words.ts'

/** What each has used, in the last day and this month. */
export function UsageTable({ all, token, act }: { all: readonly SenderUsage[]; token: string; act: Act }) {
  const words = useWords()
  const id = useId()
  const [open, setOpen] = useState<SenderUsage | null>(null)
  return (
    <section aria-labelledby={id} className="min-w-0">
      <h2 id={id} className="text-lg font-semibold">
        {words.usage}
      </h2>
      {all.length === 0 ? (
        <p className="mt-2 text-sm text-muted">{words.nobody}</p>
      ) : (
        <div className="mt-2 overflow-x-auto rounded-card border border-line bg-surface">
          <table className="w-full text-left text-sm">
            <thead>
              <tr className="border-b border-line">
                {[words.who, words.day, words.month, words.limits].map((title) => (
                  <th key={title} scope="col" className="px-3 py-2 font-semibold">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {all.map((one) => (
                <Row key={one.sender} one={one} onLimits={() => setOpen(one)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {open && <LimitsDialog now={open} token={token} act={act} onClose={() => setOpen(null)} />}
    </section>
  )
}

function Row({ one, onLimits }: { one: SenderUsage; onLimits: () => void }) {
  const words = useWords()
  const name = senderName(one.sender, words)
  const hasOwn = [one.jobs_per_day, one.bytes_per_day, one.minutes_per_month].some((limit) => limit !== null)
  return (
    <tr>
      <th scope="row" className="max-w-56 truncate px-3 py-2 font-medium">
        {name}
      </th>
      <td className="px-3 py-2">
        <Use jobs={one.jobs_today} size={one.bytes_today} minutes={one.minutes_today} work={one.worker_s_today} />
      </td>
      <td className="px-3 py-2">
        <Use jobs={one.jobs_month} size={one.bytes_month} minutes={one.minutes_month} work={one.worker_s_month} />
      </td>
      <td className="px-3 py-2">
        {isSomebody(one.sender) && (
          <Button small aria-label={hasOwn ? words.ownOf(name) : words.limitsOf(name)} onClick={onLimits}>
            {hasOwn ? words.own : words.limits}
          </Button>
        )}
      </td>
    </tr>
  )
}

function Use({ jobs, size, minutes, work }: { jobs: number; size: number; minutes: number; work: number }) {
  const words = useWords()
  const locale = useLanguage()
  const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const facts: [string, string][] = [
    [words.jobs, count.format(jobs)],
    [words.bytes, bytes(locale, size)],
    [words.minutes, count.format(minutes)],
    [words.work, work === 0 ? '0' : span(locale, work)],
  ]
  return (
    <dl className="grid grid-cols-[auto_auto] justify-start gap-x-2 text-xs">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
