import { useId, useMemo, useState } from 'react'
import { useText } from '@/i18n/language.ts'
import type { TranscriptSession, TranscriptSnapshot } from '@/transcript/session.ts'
import { type Speaker, speakersOf } from '@/transcript/speakers.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import type { SpeakerLook } from '../speaker_looks.ts'
import { MergeQuestion } from './merge_question.tsx'
import type { PlayerHandle } from './player_handle.ts'
import { RedoSpeakers } from './redo_speakers.tsx'
import { SpeakerRow } from './speaker_row.tsx'

interface Props {
  session: TranscriptSession
  transcript: TranscriptSnapshot
  player: PlayerHandle
  /** What gives an element the colour of a speaker, by label. */
  looks: ReadonlyMap<string, SpeakerLook>
  voicesKept: boolean
  onClose: () => void
}

/** Who speaks, how long, and under which name. Two who are one are made one, also by giving both the same name. */
export function SpeakersPanel({ session, transcript, player, looks, voicesKept, onClose }: Props) {
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
  const hear = ({ sample }: Speaker): void => {
    player.seek(sample.starts[0] ?? 0)
    if (!player.getSnapshot().playing) player.toggle()
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
          <SpeakerRow
            key={speaker.label}
            {...{ speaker, at, speakers }}
            look={looks.get(speaker.label)}
            onName={(name) => named(speaker, name)}
            onMerge={(other) => setMerging({ from: speaker.label, into: other })}
            onHear={() => hear(speaker)}
          />
        ))}
      </ul>
      {from && into && <MergeQuestion {...{ from, into }} onMerge={() => merge(from, into)} onCancel={() => setMerging(null)} />}
      {voicesKept && <RedoSpeakers session={session} />}
    </section>
  )
}
