import { Captions, LibraryBig, ListVideo, Settings2 } from 'lucide-react'
import { type RefObject, Suspense, useState } from 'react'
import { Link } from 'wouter'
import { overallShare, Ring } from '@/features/jobs/ring.tsx'
import { useSpokenChanges } from '@/features/jobs/spoken.ts'
import { NotifyToggle } from '@/features/notify/toggle.tsx'
import { useIdentity, useJobs, useLiveState, useServerConfig } from '@/features/services.ts'
import { chooseLanguage, type Language, LANGUAGES, useLanguage, useText } from '@/i18n/language.ts'
import { buttonClass } from '@/ui/button.tsx'
import { cx } from '@/ui/cx.ts'
import { Select } from '@/ui/field.tsx'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import { Popover } from '@/ui/popover.tsx'
import { chooseTheme, currentTheme, type Theme, THEMES } from './theme.ts'

const AccountMenu = lazyChunk(() => import('@/features/account/account_menu.tsx'), 'AccountMenu')

interface Props {
  running: number
  drawerOpen: boolean
  onJobs: () => void
  opener: RefObject<HTMLButtonElement | null>
}

export function TopBar({ running, drawerOpen, onJobs, opener }: Props) {
  const { app, jobs: words } = useText()
  const { entries } = useJobs()
  const live = useLiveState()
  const ways = useServerConfig()?.sign_in
  const hasAccounts = useIdentity().kind !== 'browser' || ways?.oidc || ways?.supabase
  const share = overallShare(entries)
  useSpokenChanges()
  return (
    <header data-live={live} className="flex min-h-14 items-center gap-2 border-b border-line bg-surface px-4">
      <Link href="/" className="mr-auto flex min-h-11 items-center gap-2 text-base font-semibold">
        <Captions aria-hidden className="size-5 text-accent" />
        aisubs
      </Link>
      <Link href="/library" aria-label={app.library} className={(active) => cx(buttonClass('quiet'), 'max-sm:px-2.5', active && 'bg-soft font-semibold')}>
        <LibraryBig aria-hidden className="size-4" />
        <span className="max-sm:hidden">{app.library}</span>
      </Link>
      <button
        ref={opener}
        type="button"
        aria-expanded={drawerOpen}
        aria-label={share === null ? app.jobs(running) : `${app.jobs(running)}, ${words.overall(Math.floor(share * 100))}`}
        onClick={onJobs}
        className={buttonClass('plain')}
      >
        {share === null ? <ListVideo aria-hidden className="size-4" /> : <Ring share={share} />}
        {app.jobs(0)}{' '}
        {running > 0 && (
          <span className="min-w-5 rounded-full bg-accent px-1.5 text-xs font-semibold text-on-accent">{running}</span>
        )}
      </button>
      <Suspense>{hasAccounts && <AccountMenu />}</Suspense>
      <Popover label={<Settings2 aria-hidden className="size-4" />} name={`${app.theme}, ${app.language}`}>
        {() => <Appearance />}
      </Popover>
    </header>
  )
}

function Appearance() {
  const { app } = useText()
  const language = useLanguage()
  const [theme, setTheme] = useState(currentTheme)
  return (
    <div className="grid gap-3 p-2">
      <Select
        label={app.theme}
        value={theme}
        onChange={(event) => {
          const chosen = event.target.value as Theme
          chooseTheme(chosen)
          setTheme(chosen)
        }}
      >
        {THEMES.map((name) => (
          <option key={name} value={name}>
            {app.themes[name]}
          </option>
        ))}
      </Select>
      <Select label={app.language} value={language} onChange={(event) => chooseLanguage(event.target.value as Language)}>
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </Select>
      <NotifyToggle />
    </div>
  )
}
