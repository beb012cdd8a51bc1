import { useCallback } from 'react'
import { type Limit, usage } from '@/backend/account.ts'
import { serverNow } from '@/backend/server_clock.ts'
import { ago, bytes } from '@/i18n/format.ts'
import { useLanguage } from '@/i18n/language.ts'
import { Progress } from '@/ui/progress.tsx'
import { useServices } from '../services.ts'
import { useAsked } from './use_asked.ts'
import { useWords } from './words.ts'

export function Usage({ token }: { token: string }) {
  const { apiUrl } = useServices()
  const { found, fault } = useAsked(useCallback(() => usage(apiUrl, token), [apiUrl, token]))
  return (
    <>
      <ul className="grid gap-3">{found?.map((one) => <Used key={one.name} one={one} />)}</ul>
      {fault && <p className="text-sm text-danger">{fault}</p>}
    </>
  )
}

function Used({ one: { name, limit, used, resets_at: resets } }: { one: Limit }) {
  const words = useWords()
  const locale = useLanguage()
  const known: Partial<Record<string, string>> = words.usageNames
  const title = known[name]
  if (title === undefined) return null // of a newer server
  const shown = (value: number): string =>
    name.startsWith('bytes') ? bytes(locale, value) : new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(value)
  return (
    <li>
      <div className="flex flex-wrap justify-between gap-x-4 text-sm">
        <span className="font-medium">{title}</span>
        <span className="text-muted">
          {[limit === null ? words.noLimit(shown(used)) : words.usedOf(shown(used), shown(limit)), resets && used > 0 && words.resets(ago(locale, resets, serverNow()))]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </div>
      {limit !== null && limit > 0 && (
        <div className="mt-1">
          <Progress label={title} share={Math.min(1, used / limit)} text={words.usedOf(shown(used), shown(limit))} />
        </div>
      )}
    </li>
  )
}
