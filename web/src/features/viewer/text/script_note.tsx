import { useMemo } from 'react'
import * as v from 'valibot'
import { Alignment } from '@/backend/alignment.ts'
import { clock } from '@/i18n/format.ts'
import { useLanguage } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { useScriptWords } from '../../script_words.ts'

interface Props {
  alignment: unknown
  onSeek: (ms: number) => void
}

/** What became of a text that came with the recording: what of it nobody said, and what was said beside it. */
export function ScriptNote({ alignment, onSeek }: Props) {
  const told = useMemo(() => v.safeParse(Alignment, alignment), [alignment])
  return told.success ? <Note told={told.output} onSeek={onSeek} /> : null
}

function Note({ told, onSeek }: { told: Alignment; onSeek: Props['onSeek'] }) {
  const words = useScriptWords()
  const locale = useLanguage()
  const number = (value: number): string => value.toLocaleString(locale)
  const first = [
    words.found(number(told.said), number(told.words)),
    ...(told.moved > 0 ? [words.moved(number(told.moved))] : []),
    ...(told.placed > 0 ? [words.placed(number(told.placed))] : []),
    ...(told.unsaid_words === 0 && told.unscripted_ms === 0 ? [words.all] : []),
  ]
  return (
    <section aria-label={words.note} className="grid gap-2 rounded-card border border-line bg-surface p-4 text-sm">
      <p>{first.join(' ')}</p>
      {told.unsaid_words > 0 && (
        <Places
          title={words.unsaid(number(told.unsaid_words))}
          places={told.unsaid.map(({ text, after_ms: ms }) => ({ text, ms: ms ?? 0, where: ms === null ? words.atBegin : words.after(clock(ms)) }))}
          onSeek={onSeek}
        />
      )}
      {told.unscripted_ms > 0 && (
        <Places
          title={words.unscripted(clock(told.unscripted_ms + 999))}
          places={told.unscripted.map(({ text, start_ms: ms }) => ({ text, ms, where: clock(ms) }))}
          onSeek={onSeek}
        />
      )}
    </section>
  )
}

interface Place {
  text: string
  ms: number
  where: string
}

function Places({ title, places, onSeek }: { title: string; places: readonly Place[]; onSeek: (ms: number) => void }) {
  const words = useScriptWords()
  return (
    <details>
      <summary className="flex min-h-9 cursor-pointer items-center font-medium max-sm:min-h-11">{title}</summary>
      <ul className="mt-1 grid max-h-60 gap-1 overflow-y-auto">
        {places.map(({ text, ms, where }) => (
          <li key={`${ms} ${text}`} className="flex flex-wrap items-baseline gap-x-2">
            <Button kind="quiet" small aria-label={words.listen(where)} onClick={() => onSeek(ms)}>
              {where}
            </Button>
            <span className="min-w-0">{text}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
