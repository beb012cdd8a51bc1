import { ChevronDown, ChevronUp } from 'lucide-react'
import { Button } from '@/ui/button.tsx'
import type { SpeakerLook } from '../../speaker_looks.ts'
import { useSpeakerWords } from '../../speaker_words.ts'
import type { Speaking } from './speaking.ts'

interface Props {
  speaking: Speaking
  looks: ReadonlyMap<string, SpeakerLook>
  /** Paragraphs of the whole text. */
  paragraphs: number
}

/** Who speaks, with their colour and how much of it; one of them alone can be read, and gone along with. */
export function SpeakersBar({ speaking, looks, paragraphs }: Props) {
  const words = useSpeakerWords()
  const { speakers, only, choose, move } = speaking
  const shown = speakers.find(({ label }) => label === only)
  if (speakers.length === 0) return null
  return (
    <div className="speakers-bar" role="group" aria-label={words.group}>
      {speakers.map(({ label, name, share }) => (
        <button
          key={label}
          type="button"
          aria-pressed={label === only}
          onClick={() => choose(label === only ? null : label)}
          className="speaker-chip"
          {...looks.get(label)}
        >
          <span className="sr-only">{words.only} </span>
          <span className="speaker-name">{name}</span> <span className="text-muted">{words.percent(Math.round(share * 100))}</span>
        </button>
      ))}
      {shown && (
        <>
          <Button kind="quiet" small aria-label={words.previous(shown.name)} title={words.previous(shown.name)} onClick={() => move(-1)} className="max-sm:min-w-11">
            <ChevronUp aria-hidden className="size-4" />
          </Button>
          <Button kind="quiet" small aria-label={words.next(shown.name)} title={words.next(shown.name)} onClick={() => move(1)} className="max-sm:min-w-11">
            <ChevronDown aria-hidden className="size-4" />
          </Button>
          <Button kind="quiet" small onClick={() => choose(null)}>
            {words.everybody}
          </Button>
        </>
      )}
      <span role="status" className={shown ? 'text-muted' : 'sr-only'}>
        {shown && words.shown(shown.name, shown.paragraphs, paragraphs)}
      </span>
    </div>
  )
}
