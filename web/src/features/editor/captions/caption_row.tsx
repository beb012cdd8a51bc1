import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { exactClock } from '@/i18n/format.ts'
import { useText } from '@/i18n/language.ts'
import { measured } from '@/transcript/cues.ts'
import { Button } from '@/ui/button.tsx'
import { setTimes } from './acts.ts'
import { CaptionField } from './caption_field.tsx'
import { CaptionTools } from './caption_tools.tsx'
import type { CaptionWords } from './caption_words.ts'
import type { Captioning } from './captioning.ts'
import { TimeField } from './time_field.tsx'

interface Props {
  captioning: Captioning
  cue: number
  words: CaptionWords
  language: string | null
  playheadMs: () => number
  durationMs: number
  onPlace: (ms: number) => void
}

/** The caption that is open: its times as fields, its text, its measures, and what can be done to it. */
export function CaptionRow({ captioning, cue, words, language, playheadMs, durationMs, onPlace }: Props) {
  const { viewer: text } = useText()
  const { board } = captioning
  const row = board.row(cue)
  const [value, setValue] = useState(row?.text ?? '')
  if (!row) return null
  const { perSecond, widest } = measured(row.start, row.end, value)
  const { max_cps, max_columns } = board.cues.limits
  const over = (measure: number, limit: number | null | undefined): boolean => limit !== null && limit !== undefined && measure > limit
  const clashes = board.cues.warnings.filter((one) => one.cue === cue)
  return (
    <div className="cue-open">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <TimeField {...{ captioning, cue, words, durationMs, onPlace }} part="start" />
        <TimeField {...{ captioning, cue, words, durationMs, onPlace }} part="end" />
        <span className={over(perSecond, max_cps) || over(widest, max_columns) ? 'text-xs font-medium text-warn' : 'text-xs text-muted'}>
          {text.measures(perSecond, widest)}
        </span>
      </div>
      <CaptionField {...{ captioning, cue, words, language }} onText={setValue} />
      {clashes.map(({ why, wanted_ms, shown_ms }) => (
        <div key={why} className="flex flex-wrap items-center gap-2 text-sm text-warn">
          <TriangleAlert aria-hidden className="size-4" />
          <span>{clashSentence(words, why, wanted_ms, shown_ms)}</span>
          <Button small onClick={() => captioning.tell(setTimes(board, cue, { start: row.start, end: row.end }), words.timesSet(exactClock(row.start), exactClock(row.end)))}>
            {words.asShown}
          </Button>
        </div>
      ))}
      <CaptionTools {...{ captioning, cue, words, playheadMs, durationMs }} />
    </div>
  )
}

function clashSentence(words: CaptionWords, why: string, wanted: number, shown: number): string {
  const known: Partial<Record<string, (wanted: string, shown: string) => string>> = words.clashes
  return known[why]?.(exactClock(wanted), exactClock(shown)) ?? why
}
