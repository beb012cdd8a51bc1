import { Play } from 'lucide-react'
import { useId, useState } from 'react'
import { clock } from '@/i18n/format.ts'
import { useText } from '@/i18n/language.ts'
import type { Speaker } from '@/transcript/speakers.ts'
import { Button } from '@/ui/button.tsx'
import type { SpeakerLook } from '../speaker_looks.ts'
import { useSpeakerWords } from '../speaker_words.ts'

interface Props {
  speaker: Speaker
  /** Their place among `speakers`, from 0. */
  at: number
  speakers: readonly Speaker[]
  look: SpeakerLook | undefined
  onName: (name: string) => void
  /** They are the speaker with this label. */
  onMerge: (label: string) => void
  onHear: () => void
}

/** One who speaks: a name that can be changed, how much they say, how they sound, and whom else they may be. */
export function SpeakerRow({ speaker, at, speakers, look, onName, onMerge, onHear }: Props) {
  const { editor: text } = useText()
  const words = useSpeakerWords()
  const percent = Math.round(speaker.share * 100)
  const others = speakers.filter(({ label }) => label !== speaker.label)
  return (
    <li {...look} className="flex flex-wrap items-center gap-2">
      <span aria-hidden className="speaker-swatch">
        {at < 9 ? at + 1 : ''}
      </span>
      <NameField key={speaker.name} {...{ speaker, others, onName }} />
      <span className="speaker-share text-sm text-muted" style={{ '--share': `${percent}%` } as object}>
        {words.share(clock(speaker.spokenMs), words.percent(percent), speaker.paragraphs)}
      </span>
      <Button small aria-label={text.sampleOf(speaker.name)} title={text.sampleOf(speaker.name)} onClick={onHear} className="max-sm:min-w-11">
        <Play aria-hidden className="size-4" />
      </Button>
      {others.length > 0 && (
        <select
          aria-label={words.mergeWith(speaker.name)}
          value=""
          onChange={(event) => onMerge(event.target.value)}
          className="min-h-8 max-w-44 rounded-control border border-control bg-surface px-2 text-sm max-sm:min-h-11 max-sm:text-base"
        >
          <option value="">{words.mergeShort}</option>
          {others.map(({ label, name }) => (
            <option key={label} value={label}>
              {name}
            </option>
          ))}
        </select>
      )}
    </li>
  )
}

/** Takes effect when it is left or Enter is pressed. */
function NameField({ speaker, others, onName }: Pick<Props, 'speaker' | 'onName'> & { others: readonly Speaker[] }) {
  const { editor: text } = useText()
  const id = useId()
  const [name, setName] = useState(speaker.name)
  const done = (): void => {
    if (name.trim() === speaker.name) return
    onName(name)
    setName(speaker.name)
  }
  return (
    <>
      <input
        aria-label={text.nameOf(speaker.name)}
        list={id}
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.target.value)}
        onBlur={done}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            event.preventDefault() // it would press the button of the question that may come
            done()
          }
          if (event.key === 'Escape') setName(speaker.name)
        }}
        className="min-h-9 w-44 min-w-52 flex-1 rounded-control border border-control bg-surface px-3 text-base max-sm:min-h-11"
      />
      <datalist id={id}>
        {others.map((other) => (
          <option key={other.label} value={other.name} />
        ))}
      </datalist>
    </>
  )
}
