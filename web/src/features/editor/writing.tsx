import { type RefObject, useRef, useState, useSyncExternalStore } from 'react'
import { clock } from '@/i18n/format.ts'
import { useText } from '@/i18n/language.ts'
import type { TranscriptSession } from '@/transcript/session.ts'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { canWritePlainText, type Field } from './caret.ts'
import type { Editing, Place } from './editing.ts'
import './editor.css'
import { useField } from './field_events.ts'
import { ParagraphTools } from './paragraph_tools.tsx'

interface Props {
  session: TranscriptSession
  editing: Editing
  place: Place
  /** Something was typed. */
  typed: () => void
  /** By which the paragraph is known where it is only read. */
  attributes: { id: string; 'data-text': string }
}

/** The paragraph that is written in, in the place of its plain text. */
export function Writing({ session, editing, place, typed, attributes }: Props) {
  const { editor: text } = useText()
  const field = useRef<Field>(null)
  const [asked, setAsked] = useState<{ insert: () => void; length: number } | null>(null)
  const snapshot = useSyncExternalStore(session.subscribe, session.getSnapshot)
  const paragraph = snapshot.paragraphs.find(({ id }) => id === place.id)
  const onLargePaste = (insert: () => void, length: number): void => setAsked({ insert, length })
  useField({ field, place, editing, typed, onLargePaste, text: paragraph?.text ?? '' })
  if (!paragraph) return null
  const name = paragraph.speaker === null ? null : (snapshot.speakers[paragraph.speaker] ?? paragraph.speaker)
  const shared = {
    ...attributes,
    'data-writing': true,
    role: 'textbox',
    'aria-multiline': true,
    'aria-label': text.textAt([clock(paragraph.starts[0] ?? 0), name].filter(Boolean).join(', ')),
    lang: snapshot.language ?? undefined,
    spellCheck: true,
  }
  return (
    <>
      {canWritePlainText() ? (
        <p ref={field as RefObject<HTMLParagraphElement>} contentEditable="plaintext-only" suppressContentEditableWarning {...shared} />
      ) : (
        <textarea ref={field as RefObject<HTMLTextAreaElement>} rows={Math.ceil(paragraph.text.length / 50) + 1} {...shared} role={undefined} />
      )}
      <ParagraphTools {...{ session, editing, paragraph, field }} />
      {asked && (
        <Dialog title={text.largePaste(asked.length)} onClose={() => setAsked(null)}>
          <p className="mt-6 flex flex-wrap justify-end gap-2">
            <Button onClick={() => setAsked(null)}>{text.cancel}</Button>
            <Button kind="primary" onClick={() => (asked.insert(), setAsked(null))}>
              {text.paste}
            </Button>
          </p>
        </Dialog>
      )}
    </>
  )
}
