import type { Device } from '@/backend/library.ts'
import { serverNow } from '@/backend/server_clock.ts'
import { ago } from '@/i18n/format.ts'
import { useLanguage } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { useWords } from './words.ts'

export function DeviceRow({ device, onEnd }: { device: Device; onEnd?: () => void }) {
  const words = useWords()
  const locale = useLanguage()
  const name = device.device ?? '?'
  const used = device.last_used_at ?? device.created_at
  return (
    <li className="flex items-center gap-3 px-3 py-2 text-sm">
      <span className="min-w-0">
        <span className="font-medium">{name}</span>{' '}
        {device.current && <span className="rounded-full bg-soft px-2 text-xs font-semibold">{words.thisDevice}</span>}
        <span className="block text-xs text-muted">{words.lastUsed(ago(locale, used, Math.max(serverNow(), Date.parse(used))))}</span>
      </span>
      {onEnd && (
        <Button small kind="quiet" className="ml-auto shrink-0 text-danger" aria-label={words.signOutDevice(name)} onClick={onEnd}>
          {words.signOut}
        </Button>
      )}
    </li>
  )
}
