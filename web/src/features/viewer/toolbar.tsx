import { CircleQuestionMark, Copy } from 'lucide-react'
import type { ReactNode, RefObject } from 'react'
import { useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { cx } from '@/ui/cx.ts'
import type { Address } from './address.ts'
import { SearchBar } from './text/search_bar.tsx'
import type { Searching } from './text/searching.ts'

interface Props {
  search: RefObject<HTMLInputElement | null>
  searching: Searching
  view: Address['view']
  onView: (view: Address['view']) => void
  /** Cues that break a rule. */
  warnings: { count: number; next: (step: 1 | -1) => void }
  doubts: { count: number; next: (step: 1 | -1) => void }
  profile: { chosen: string; all: readonly string[]; choose: (profile: string) => void }
  onCopy: () => void
  onHelp: () => void
  /** What may be done with the job. */
  actions: ReactNode
}

export function Toolbar({ search, searching, view, onView, warnings, doubts, profile, onCopy, onHelp, actions }: Props) {
  const { viewer: text } = useText()
  const profileNames: Partial<Record<string, string>> = text.profiles
  return (
    <div className="toolbar">
      <div role="group" aria-label={text.view} className="flex rounded-control border border-control bg-surface">
        {(['text', 'captions'] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={view === one}
            onClick={() => onView(one)}
            className={cx('min-h-9 rounded-[5px] px-3 text-sm max-sm:min-h-11 max-sm:px-2', view === one && 'bg-soft font-semibold')}
          >
            {one === 'text' ? text.asText : text.captions}
          </button>
        ))}
      </div>
      {view === 'text' ? (
        <>
          <SearchBar
            input={search}
            query={searching.query}
            current={searching.current}
            count={searching.found.length}
            onQuery={searching.setQuery}
            onMove={searching.move}
          />
          {doubts.count > 0 && (
            <Button kind="quiet" onClick={() => doubts.next(1)} title={text.nextDoubt}>
              <span className="underline decoration-doubt decoration-dotted decoration-2 underline-offset-4">
                {text.doubtful(doubts.count)}
              </span>
            </Button>
          )}
        </>
      ) : (
        <>
          <select
            aria-label={text.profile}
            value={profile.chosen}
            onChange={(event) => profile.choose(event.target.value)}
            className="min-h-10 rounded-control border border-control bg-surface px-2 text-base max-sm:min-h-11"
          >
            {profile.all.map((name) => (
              <option key={name} value={name}>
                {profileNames[name] ?? name}
              </option>
            ))}
          </select>
          {warnings.count > 0 ? (
            <Button kind="quiet" onClick={() => warnings.next(1)} title={text.nextWarning}>
              {text.warnings(warnings.count)}
            </Button>
          ) : (
            <span className="text-sm text-muted">{text.warnings(0)}</span>
          )}
          <span className="toolbar-fill flex-1" />
        </>
      )}
      <div className="toolbar-actions">
        <Button kind="quiet" small aria-label={text.copy} title={text.copy} onClick={onCopy} className="max-sm:min-w-11">
          <Copy aria-hidden className="size-5" />
        </Button>
        {actions}
        <Button kind="quiet" small aria-label={text.keys} title={text.keys} onClick={onHelp} className="max-sm:hidden">
          <CircleQuestionMark aria-hidden className="size-5" />
        </Button>
      </div>
    </div>
  )
}
