import { useId } from 'react'
import type { Share } from '@/backend/shares.ts'
import { shortDate } from '@/i18n/format.ts'
import { useLanguage } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { useNow } from '../clock.ts'
import { useWords } from './words.ts'

interface Props {
  shares: readonly Share[]
  /** The id of the link shown above, so that people find it in the list. */
  newest: string | null
  busy: boolean
  onRevoke: (id: string) => void
}

const MINUTE_MS = 60_000

/** The links that work, and, folded away, those that do not any more. */
export function Links({ shares, newest, busy, onRevoke }: Props) {
  const words = useWords()
  const locale = useLanguage()
  const now = useNow(MINUTE_MS)
  const id = useId()
  const sorted = [...shares].sort((a, b) => b.created_at.localeCompare(a.created_at))
  const works = (share: Share): boolean => !share.revoked_at && (!share.expires_at || Date.parse(share.expires_at) > now)
  const working = sorted.filter(works)
  const over = sorted.filter((share) => !works(share))
  return (
    <section aria-labelledby={id} className="mt-6 border-t border-line pt-4">
      <h3 id={id} className="text-sm font-semibold">
        {words.links(working.length)}
      </h3>
      <ul className="mt-1 divide-y divide-line">
        {working.map((share) => (
          <li key={share.share_id} className="flex items-center gap-3 py-2" data-share={share.share_id}>
            <Line share={share} fresh={share.share_id === newest} />
            <Button
              small
              kind="quiet"
              className="ml-auto shrink-0 text-danger"
              disabled={busy}
              aria-label={words.revokeOf(shortDate(locale, share.created_at))}
              onClick={() => onRevoke(share.share_id)}
            >
              {words.revoke}
            </Button>
          </li>
        ))}
      </ul>
      {over.length > 0 && (
        <details className="mt-2 text-sm text-muted">
          <summary className="min-h-8 max-sm:min-h-11">{words.over(over.length)}</summary>
          <ul className="divide-y divide-line">
            {over.map((share) => (
              <li key={share.share_id} className="py-2">
                <Line share={share} fresh={false} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

function Line({ share, fresh }: { share: Share; fresh: boolean }) {
  const words = useWords()
  const locale = useLanguage()
  const ends = share.revoked_at
    ? words.revokedOn(shortDate(locale, share.revoked_at))
    : share.expires_at
      ? words.until(shortDate(locale, share.expires_at))
      : words.withJob
  return (
    <div className="min-w-0 text-sm">
      <p>
        {words.made(shortDate(locale, share.created_at))}
        {fresh && <span className="ml-2 rounded-full bg-soft px-2 text-xs font-semibold">{words.fresh}</span>}
      </p>
      <p className="text-xs text-muted">
        {[ends, share.include_media ? words.withMedia : words.textOnly, share.include_history && words.withHistory, words.opened(share.opened)]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </div>
  )
}
