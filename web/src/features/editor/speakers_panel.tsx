import { Play } from 'lucide-react'
import { useEffect, useId, useMemo, useRef, useState } from 'react'
import { clock } from '@/i18n/format.ts'
import { useText } from '@/i18n/language.ts'
import type { TranscriptSession, TranscriptSnapshot } from '@/transcript/session.ts'
import { type Speaker, speakersOf } from '@/transcript/speakers.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import type { SpeakerLook } from '../speaker_looks.ts'
import type { PlayerHandle } from './player_handle.ts'

interface Props {
  session: TranscriptSession
  transcript: TranscriptSnapshot
  player: PlayerHandle
  /** What gives an element the colour of a speaker, by label. */
  looks: ReadonlyMap<string, SpeakerLook>
  onClose: () => void
}

/** Who speaks, how long, and under which name. Two who are one are made one by giving both the same name. */
export function SpeakersPanel({ session, transcript, player, looks, onClose }: Props) {
  const { editor: text, app } = useText()
  const id = useId()
  const speakers = useMemo(() => speakersOf(transcript), [transcript])
  const [merging, setMerging] = useState<{ from: string; into: string } | null>(null)
  const named = (speaker: Speaker, name: string): void => {
    const wanted = name.trim().toLowerCase()
    const twin = speakers.find((other) => other.label !== speaker.label && other.name.toLowerCase() === wanted)
    if (twin) return setMerging({ from: speaker.label, into: twin.label })
    if (session.apply({ kind: 'renameSpeaker', speaker: speaker.label, name })) announce(text.renamed(name.trim() || speaker.label))
  }
  const merge = (from: Speaker, into: Speaker): void => {
    session.apply({ kind: 'mergeSpeakers', from: from.label, into: into.label })
    setMerging(null)
    announce(text.merged(from.name, into.name))
  }
  const [from, into] = [merging?.from, merging?.into].map((label) => speakers.find((speaker) => speaker.label === label))
  return (
    <section aria-labelledby={id} className="edit-panel grid gap-3">
      <div className="flex items-center justify-between gap-2">
        <h2 id={id} className="font-semibold">
          {text.speakers}
        </h2>
        <Button small kind="quiet" onClick={onClose}>
          {app.close}
        </Button>
      </div>
      {speakers.length === 0 && <p className="text-sm text-muted">{text.noSpeakers}</p>}
      <ul className="grid gap-2">
        {speakers.map((speaker, at) => (
          <li key={speaker.label} {...looks.get(speaker.label)} className="flex flex-wrap items-center gap-2">
            <span aria-hidden className="speaker-swatch">
              {at < 9 ? at + 1 : ''}
            </span>
            <NameField key={speaker.name} speaker={speaker} others={speakers} onName={(name) => named(speaker, name)} />
            <span className="text-sm text-muted">{text.spoken(clock(speaker.spokenMs), speaker.paragraphs)}</span>
            <Button
              small
              aria-label={text.sampleOf(speaker.name)}
              onClick={() => {
                player.seek(speaker.sample.starts[0] ?? 0)
                if (!player.getSnapshot().playing) player.toggle()
              }}
            >
              <Play aria-hidden className="size-4" />
              {text.sample}
            </Button>
          </li>
        ))}
      </ul>
      {from && into && <MergeQuestion {...{ from, into }} onMerge={() => merge(from, into)} onCancel={() => setMerging(null)} />}
    </section>
  )
}

interface MergeProps {
  from: Speaker
  into: Speaker
  onMerge: () => void
  onCancel: () => void
}

function MergeQuestion({ from, into, onMerge, onCancel }: MergeProps) {
  const { editor: text } = useText()
  const panel = useRef<HTMLDivElement>(null)
  useEffect(() => panel.current?.querySelector('button')?.focus(), [])
  const question = text.mergeAsk(from.name, into.name, from.paragraphs)
  return (
    <div ref={panel} role="alertdialog" aria-label={question} className="rounded-control bg-soft p-3">
      <p className="text-sm">{question}</p>
      <p className="mt-2 flex flex-wrap gap-2">
        <Button small kind="primary" onClick={onMerge}>
          {text.merge}
        </Button>
        <Button small onClick={onCancel}>
          {text.cancel}
        </Button>
      </p>
    </div>
  )
}

interface NameProps {
  speaker: Speaker
  others: readonly Speaker[]
  onName: (name: string) => void
}

/** Takes effect when it is left or Enter is pressed. */
function NameField({ speaker, others, onName }: NameProps) {
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
        className="min-h-9 w-44 min-w-0 flex-1 rounded-control border border-control bg-surface px-3 text-base max-sm:min-h-11"
      />
      <datalist id={id}>
        {others
          .filter(({ label }) => label !== speaker.label)
          .map((other) => (
            <option key={other.label} value={other.name} />
          ))}
      </datalist>
    </>
  )
}
