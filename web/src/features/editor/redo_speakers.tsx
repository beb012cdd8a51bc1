import { type SubmitEvent, useId, useState } from 'react'
import { asBackendError } from '@/backend/backend.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { differing } from '@/transcript/differing.ts'
import type { TranscriptSession } from '@/transcript/session.ts'
import { speakersOf } from '@/transcript/speakers.ts'
import { Button } from '@/ui/button.tsx'
import { useSpeakerWords } from '../speaker_words.ts'

/** The server takes no more (aisubs/model/options.py). */
const MOST = 50

/** Another number of speakers, of the voices that were heard then. */
export function RedoSpeakers({ session }: { session: TranscriptSession }) {
  const text = useText()
  const words = useSpeakerWords()
  const id = useId()
  const [number, setNumber] = useState('')
  const [busy, setBusy] = useState(false)
  const [told, setTold] = useState('')
  const redo = async (): Promise<void> => {
    setBusy(true)
    setTold(words.redoing)
    const before = session.getSnapshot()
    try {
      await session.redoSpeakers(number === '' ? null : Number(number))
      const after = session.getSnapshot()
      const labels = new Set(speakersOf(after).map(({ label }) => label))
      const names = speakersOf(before).filter(({ label, name }) => name !== label)
      const [kept, lost] = [true, false].map((stays) => names.filter(({ label }) => labels.has(label) === stays).map(({ name }) => name))
      setTold(differing(before, after).length > 0 ? words.redone(labels.size, kept ?? [], lost ?? []) : words.redoneSame)
    } catch (error) {
      const { code, message } = asBackendError(error)
      setTold(errorText(text, code, message))
    }
    setBusy(false)
  }
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (!busy) void redo()
  }
  return (
    <form onSubmit={onSubmit} className="grid gap-2 border-t border-line pt-3 text-sm">
      <div className="flex flex-wrap items-center gap-2">
        <label htmlFor={id}>{words.number}</label>
        <input
          id={id}
          type="number"
          inputMode="numeric"
          min={1}
          max={MOST}
          value={number}
          placeholder={words.asHeard}
          onChange={(event) => setNumber(event.target.value)}
          className="min-h-9 w-28 rounded-control border border-control bg-surface px-3 text-base max-sm:min-h-11"
        />
        <Button small type="submit" aria-disabled={busy}>
          {words.redo}
        </Button>
      </div>
      <p className="text-muted">{words.redoAbout}</p>
      <p role="status">{told}</p>
    </form>
  )
}
