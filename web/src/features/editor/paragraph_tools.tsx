import { type MouseEvent, type RefObject, useState } from 'react'
import { asBackendError } from '@/backend/backend.ts'
import { errorText, useText } from '@/i18n/language.ts'
import type { Paragraph } from '@/transcript/columns.ts'
import type { TranscriptSession } from '@/transcript/session.ts'
import { REACHES, type Reach, reached, speakersOf } from '@/transcript/speakers.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { type Field, selected } from './caret.ts'
import { useSpeakerWords } from '../speaker_words.ts'
import type { Editing } from './editing.ts'

interface Props {
  session: TranscriptSession
  editing: Editing
  paragraph: Paragraph
  field: RefObject<Field | null>
}

/** What keys do, for those who point or touch. */
export function ParagraphTools({ session, editing, paragraph, field }: Props) {
  const text = useText()
  const { editor } = text
  const [busy, setBusy] = useState(false)
  const words = useSpeakerWords()
  const [reach, setReach] = useState<Reach>('paragraph')
  const snapshot = session.getSnapshot()
  const speakers = speakersOf(snapshot)
  const caret = (): number => (field.current && selected(field.current)?.[0]) ?? 0
  const restore = async (): Promise<void> => {
    setBusy(true)
    try {
      await editing.restore(paragraph.id)
    } catch (error) {
      const { code, message } = asBackendError(error)
      announce(errorText(text, code, message), 'assertive')
    }
    setBusy(false)
    field.current?.focus()
  }
  return (
    <div role="group" aria-label={editor.paragraph} className="writing-tools">
      <select
        aria-label={editor.speaker}
        value={Math.max(0, speakers.findIndex(({ label }) => label === paragraph.speaker) + 1)}
        onChange={(event) => {
          editing.speaker(paragraph.id, Number(event.target.value), reach)
          field.current?.focus()
        }}
      >
        {paragraph.speaker === null && <option value={0}>{editor.nobody}</option>}
        {speakers.map(({ label, name }, at) => (
          <option key={label} value={at + 1}>
            {name}
          </option>
        ))}
        <option value={speakers.length + 1}>{editor.newSpeaker}</option>
      </select>
      <select aria-label={words.reach} value={reach} onChange={(event) => setReach(event.target.value as Reach)}>
        {REACHES.map((one) => (
          <option key={one} value={one}>
            {`${words.reaches[one]} (${reached(snapshot.paragraphs, paragraph.id, one).length})`}
          </option>
        ))}
      </select>
      <Button small kind="quiet" onMouseDown={keepCaret} onClick={() => editing.split(caret())}>
        {editor.split}
      </Button>
      <Button small kind="quiet" onMouseDown={keepCaret} onClick={() => editing.join('above')}>
        {editor.join}
      </Button>
      {paragraph.edited && (
        <Button small kind="quiet" disabled={busy} onMouseDown={keepCaret} onClick={() => void restore()}>
          {editor.machineText}
        </Button>
      )}
    </div>
  )
}

/** A button that is pressed would take the focus, and with it the caret, on which it acts. */
const keepCaret = (event: MouseEvent): void => event.preventDefault()
