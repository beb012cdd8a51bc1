import { Suspense, useState } from 'react'
import type { ServerConfig } from '@/backend/facts.ts'
import { languageName } from '@/i18n/format.ts'
import { useLanguage, useText } from '@/i18n/language.ts'
import type { Messages } from '@/i18n/en.ts'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import type { Wish } from '@/upload/task.ts'

// Most people never open it.
const SettingsFields = lazyChunk(() => import('./settings_fields.tsx'), 'SettingsFields')

export interface SettingsProps {
  wish: Wish
  /** Null while the server has not said what it can: then all is offered. */
  config: ServerConfig | null
  onChange: (wish: Wish) => void
}

/** Folded to one sentence that says what was chosen. */
export function SettingsCard(props: SettingsProps) {
  const { settings: text } = useText()
  const locale = useLanguage()
  const [opened, setOpened] = useState(false)
  return (
    <details className="group rounded-card border border-line bg-surface" onToggle={() => setOpened(true)}>
      <summary className="flex min-h-11 items-center gap-2 px-4 py-3 text-sm">
        <span className="sr-only">{text.title}: </span>
        <span className="mr-auto">{summary(props.wish, text, locale)}</span>
        <span className="shrink-0 font-medium text-accent underline group-open:no-underline">{text.change}</span>
      </summary>
      {opened && (
        <Suspense>
          <SettingsFields {...props} />
        </Suspense>
      )}
    </details>
  )
}

function trackName(track: string, text: Messages['settings']): string {
  return track === 'speech' ? text.trackSpeech : track === 'each' ? text.trackEach : text.trackNumber(track)
}

function summary({ options, whole }: Wish, text: Messages['settings'], locale: string): string {
  const parts = [
    options.language ? languageName(locale, options.language) : text.detect,
    options.task === 'translate' ? text.translate : text.transcribe,
  ]
  if (options.languages.length > 0)
    parts.push(text.spokenShort(options.languages.map((code) => languageName(locale, code)).join(', ')))
  if (options.model !== null) parts.push(options.model)
  const second = options.second_opinion
  if (second !== null) parts.push(second === 'none' ? text.secondNone : text.secondShort(second))
  const { num_speakers: exact, min_speakers: least, max_speakers: most } = options
  if (exact !== null) parts.push(text.speakersShort(String(exact)))
  else if (least !== null || most !== null) parts.push(text.speakersShort(`${least ?? 1}-${most ?? 50}`))
  else if (options.diarize !== null) parts.push(options.diarize ? text.speakersAny : text.speakersOff)
  if (options.channels !== null) parts.push(options.channels === 'dialogue' ? text.dialogueShort : text.monoShort)
  const words = (options.hotwords ?? '').split(',').filter((word) => word.trim()).length
  if (words) parts.push(text.wordsShort(words))
  if (options.audio_track !== null) parts.push(trackName(options.audio_track, text))
  if (whole) parts.push(text.wholeShort)
  return parts.join(' · ')
}
