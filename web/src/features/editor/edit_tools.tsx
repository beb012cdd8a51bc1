import { History, Pencil, Redo2, Undo2, UsersRound } from 'lucide-react'
import { type RefObject, Suspense, useState } from 'react'
import type { JobRef } from '@/backend/types.ts'
import { useText } from '@/i18n/language.ts'
import type { Found } from '@/transcript/columns.ts'
import type { TranscriptSession, TranscriptSnapshot } from '@/transcript/session.ts'
import { Button } from '@/ui/button.tsx'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import type { ChosenWord } from '../chosen_word.ts'
import type { SpeakerLook } from '../speaker_looks.ts'
import type { Editing } from './editing.ts'
import './editor.css'
import type { PlayerHandle } from './player_handle.ts'
import { ReplaceBar } from './replace_bar.tsx'
import { SavingStatus } from './saving_status.tsx'
import { startWriting } from './starting.ts'
import { Unheard } from './unheard.tsx'
import { type TypingPlayback, WHILE_TYPING, type WhileTyping } from './while_typing.ts'

const SpeakersPanel = lazyChunk(() => import('./speakers_panel.tsx'), 'SpeakersPanel')
const KnownVoices = lazyChunk(() => import('./known_voices.tsx'), 'KnownVoices')
const Versions = lazyChunk(() => import('./versions.tsx'), 'Versions')
const ConflictDialog = lazyChunk(() => import('./conflict_dialog.tsx'), 'ConflictDialog')

/** Without their words they would be narrower than a finger. */
const FOR_FINGERS = 'max-sm:min-w-11'

export interface EditToolsProps {
  jobRef: JobRef
  session: TranscriptSession
  transcript: TranscriptSnapshot
  editing: Editing
  typing: TypingPlayback
  player: PlayerHandle
  /** What gives an element the colour of a speaker, by label. */
  looks: ReadonlyMap<string, SpeakerLook>
  /** The text that is written in. */
  root: RefObject<HTMLElement | null>
  chosen: RefObject<ChosenWord | null>
  /** Shows the text at once, where something else is shown instead of it. */
  toText?: () => void
  /** What was searched for, and which of it one is at. */
  found: readonly Found[]
  current: number
  /** What tells the speakers apart was kept: it can be asked again. */
  voicesKept: boolean
}

/** Everything for changing the text but the text. */
export function EditTools(props: EditToolsProps) {
  const { jobRef, session, transcript, editing, player, looks, root, found, current, chosen, toText, voicesKept } = props
  const { editor: text } = useText()
  const [panel, setPanel] = useState<'speakers' | 'versions' | null>(null)
  const [later, setLater] = useState(false)
  const { conflict, editable } = transcript
  const turn = (): void => {
    if (editing.on) return editing.turn(false)
    toText?.()
    startWriting(editing, root.current, chosen.current)
  }
  if (!editable && !conflict && transcript.saving === 'saved') return null
  return (
    <>
      <div className="edit-bar" role="group" aria-label={text.title}>
        <Button
          small
          kind={editing.on ? 'primary' : 'plain'}
          aria-pressed={editing.on}
          disabled={!editable}
          onClick={turn}
        >
          <Pencil aria-hidden className="size-4" />
          {text.title}
        </Button>
        <Button small aria-expanded={panel === 'speakers'} onClick={() => setPanel(panel === 'speakers' ? null : 'speakers')} className={FOR_FINGERS}>
          <UsersRound aria-hidden className="size-4" />
          <span className="max-sm:sr-only">{text.speakers}</span>
        </Button>
        <Button small onClick={() => setPanel('versions')} className={FOR_FINGERS}>
          <History aria-hidden className="size-4" />
          <span className="max-sm:sr-only">{text.versions}</span>
        </Button>
        {(editing.on || transcript.canUndo || transcript.canRedo) && (
          <>
            <Button small kind="quiet" aria-label={text.undo} title={text.undo} disabled={!transcript.canUndo} onClick={editing.undo} className={FOR_FINGERS}>
              <Undo2 aria-hidden className="size-4" />
            </Button>
            <Button small kind="quiet" aria-label={text.redo} title={text.redo} disabled={!transcript.canRedo} onClick={editing.redo} className={FOR_FINGERS}>
              <Redo2 aria-hidden className="size-4" />
            </Button>
          </>
        )}
        {editing.on && <TypingChoice {...props.typing} />}
        <Unheard {...{ transcript, editing, player, toText }} />
        <SavingStatus transcript={transcript} />
        {conflict && <Button small onClick={() => setLater(false)}>{text.decide}</Button>}
      </div>
      {editing.on && found.length > 0 && <ReplaceBar {...{ session, found, current }} />}
      <Suspense>
        {panel === 'speakers' && <SpeakersPanel {...{ session, transcript, player, looks, voicesKept }} onClose={() => setPanel(null)} />}
        {panel === 'speakers' && voicesKept && <KnownVoices {...{ jobRef, session }} />}
        {panel === 'versions' && <Versions {...{ jobRef, session }} onClose={() => setPanel(null)} />}
        {conflict && !later && <ConflictDialog {...{ session, conflict }} onLater={() => setLater(true)} />}
      </Suspense>
    </>
  )
}

function TypingChoice({ mode, choose }: TypingPlayback) {
  const { editor: text } = useText()
  return (
    <select
      aria-label={text.whileTyping}
      title={text.whileTyping}
      value={mode}
      onChange={(event) => choose(event.target.value as WhileTyping)}
    >
      {WHILE_TYPING.map((one) => (
        <option key={one} value={one}>
          {text.whileTypingModes[one]}
        </option>
      ))}
    </select>
  )
}
