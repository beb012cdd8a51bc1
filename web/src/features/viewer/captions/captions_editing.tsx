import { memo, type RefObject, useLayoutEffect } from 'react'
import type { Cues } from '@/backend/transcripts.ts'
import type { JobRef } from '@/backend/types.ts'
import type { TranscriptSession, TranscriptSnapshot } from '@/transcript/session.ts'
import { useCaptionEditor } from '../../editor/captions/caption_editor.tsx'
import type { WritingCaptions } from './captions_slot.ts'
import type { Playback } from '../player/playback.ts'

interface Props {
  jobRef: JobRef
  session: TranscriptSession
  transcript: TranscriptSnapshot
  cues: Cues
  show: (cues: Cues) => void
  playback: Playback
  root: RefObject<HTMLElement | null>
  put: (writing: WritingCaptions | null) => void
}

/** Everything for changing captions; it is loaded for those who may, when they look at them. */
export const CaptionsEditing = memo(function CaptionsEditing({ jobRef, session, transcript, cues, show, playback, root, put }: Props) {
  const { open, write, lane, bar } = useCaptionEditor({ jobRef, session, transcript, player: playback, cues, show, root })
  // Before anything is painted, as in the text.
  useLayoutEffect(() => put({ open, write, lane }), [put, open, write, lane])
  useLayoutEffect(() => () => put(null), [put])
  return bar
})
