import { useMemo } from 'react'
import { clock } from '@/i18n/format.ts'
import { useText } from '@/i18n/language.ts'
import { differing } from '@/transcript/differing.ts'
import type { TranscriptDocument } from '@/transcript/document.ts'

interface Props {
  one: TranscriptDocument
  other: TranscriptDocument
  names: readonly [string, string]
  language: string | null
}

const MOST_SHOWN = 200

/** Where two texts are not the same, beside each other. */
export function Changes({ one, other, names, language }: Props) {
  const { editor: text } = useText()
  const places = useMemo(() => differing(one, other), [one, other])
  if (places.length === 0) return <p className="mt-4 text-sm text-muted">{text.noDifference}</p>
  return (
    // What scrolls must be reached by keyboard too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="mt-4 max-h-[50vh] overflow-auto" role="region" aria-label={text.differences} tabIndex={0}>
      <table className="w-full table-fixed text-left text-sm">
        <thead className="text-xs text-muted">
          <tr>
            {names.map((name) => (
              <th key={name} scope="col" className="py-1 pr-3 font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {places.slice(0, MOST_SHOWN).map(({ startMs, texts }, at) => (
            <tr key={at} className="border-t border-line align-top">
              {texts.map((lines, side) => (
                <td key={side} className="py-2 pr-3">
                  {side === 0 && <span className="block text-xs text-muted">{clock(startMs)}</span>}
                  <span lang={language ?? undefined}>{lines.join(' ¶ ') || text.nothing}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {places.length > MOST_SHOWN && <p className="mt-2 text-sm text-muted">{text.more(places.length - MOST_SHOWN)}</p>}
    </div>
  )
}
