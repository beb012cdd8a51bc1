import { KeyRound, MonitorSmartphone } from 'lucide-react'
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { bytes, span } from '@/i18n/format.ts'
import { useLanguage } from '@/i18n/language.ts'
import { LibraryList, type ListSnapshot } from '@/library/list.ts'
import { Button } from '@/ui/button.tsx'
import { useIdentity, useServerConfig, useServices } from '../services.ts'
import { DevicesDialog } from './devices_dialog.tsx'
import { Filters } from './filters.tsx'
import { Hits, LEAST } from './hits.tsx'
import { KeyDialog } from './key_dialog.tsx'
import { type Query, useQuery, wantedOf } from './query.ts'
import { Recordings } from './recordings.tsx'
import { useWords } from './words.ts'

const LOOK_EVERY_MS = 10_000

/** Everything that is the holder's: found, read on, named, kept, taken along, deleted. */
export function LibraryPage() {
  const words = useWords()
  const { backend } = useServices()
  const { token } = useIdentity()
  const [query, change] = useQuery()
  const list = useMemo(() => new LibraryList(backend, token), [backend, token])
  const shown = useListed(list, query)
  return (
    <div className="mx-auto grid max-w-[84rem] grid-cols-1 gap-4 px-4 py-6">
      <Head shown={shown} />
      <Filters query={query} totals={shown.totals} onChange={change} />
      {token !== null && query.text.trim().length >= LEAST && <Hits text={query.text.trim()} token={token} />}
      <Recordings {...{ list, shown, query }} onChange={change} token={token ?? ''} />
      <p className="sr-only" role="status">
        {shown.state === 'ready' && words.shown(shown.jobs.length, shown.total)}
      </p>
    </div>
  )
}

function Head({ shown }: { shown: ListSnapshot }) {
  const words = useWords()
  const locale = useLanguage()
  const config = useServerConfig()
  const { kind, token } = useIdentity()
  const [open, setOpen] = useState(false)
  const { totals } = shown
  const machine = kind === 'machine'
  const Icon = machine ? MonitorSmartphone : KeyRound
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-72">
        <h1 className="text-2xl font-semibold">{words.title}</h1>
        <p className="mt-1 text-sm text-muted">
          {words[kind]}{' '}
          {kind === 'browser' && config?.sign_in.link && (
            <>
              {words.signInHow} <code>aisubs link</code> {words.signInHowEnd}
            </>
          )}
        </p>
        {totals && totals.jobs > 0 && (
          <p className="text-sm text-muted">{words.totals(totals.jobs, span(locale, totals.duration_ms / 1000), bytes(locale, totals.size_bytes))}</p>
        )}
      </div>
      {kind !== 'account' && (
        <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
          <Icon aria-hidden className="size-4" />
          {machine ? words.devices : words.recovery}
        </Button>
      )}
      {open && machine && token && <DevicesDialog token={token} onClose={() => setOpen(false)} />}
      {open && kind === 'browser' && <KeyDialog onClose={() => setOpen(false)} />}
    </div>
  )
}

function useListed(list: LibraryList, query: Query): ListSnapshot {
  const shown = useSyncExternalStore(list.subscribe, list.getSnapshot)
  const wanted = JSON.stringify(wantedOf(query))
  useEffect(() => void list.show(JSON.parse(wanted) as ReturnType<typeof wantedOf>), [list, wanted])
  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState === 'visible') void list.refresh()
    }
    const timer = setInterval(look, LOOK_EVERY_MS)
    addEventListener('focus', look)
    return () => {
      clearInterval(timer)
      removeEventListener('focus', look)
    }
  }, [list])
  return shown
}
