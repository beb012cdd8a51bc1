import { type RefObject, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Cues } from '@/backend/transcripts.ts'
import type { JobRef } from '@/backend/types.ts'
import type { TranscriptSession, TranscriptSnapshot } from '@/transcript/session.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import type { CuesState } from './captions.ts'
import { cueAt } from '@/transcript/cues.ts'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import { CaptionsList, cueElement, showCue } from './captions_list.tsx'
import type { WritingCaptions } from './captions_slot.ts'
import type { Following } from '../text/following.ts'
import type { Playback } from '../player/playback.ts'
import { keepInView } from '../text/spoken.ts'

const CaptionsEditing = lazyChunk(() => import('./captions_editing.tsx'), 'CaptionsEditing')

interface Props {
  jobRef: JobRef
  root: RefObject<HTMLOListElement | null>
  state: CuesState
  language: string | null
  playback: Playback
  following: Following
  onEdit: ((paragraphId: string) => void) | null
  /** Null: nothing may be changed. */
  session: TranscriptSession | null
  transcript: TranscriptSnapshot
}

/** The subtitles, one by one, as they will be in a file. */
export function CaptionsPane({ jobRef, root, state: { cues, fault, patch }, language, playback, following: { isOn }, onEdit, session, transcript }: Props) {
  const text = useText()
  const [writing, setWriting] = useState<WritingCaptions | null>(null)
  const show = useCallback((now: Cues) => patch(() => now), [patch])
  useEffect(() => {
    if (!cues) return
    let shown = -1
    return playback.follow((ms) => {
      const now = cueAt(cues, ms)
      if (now === shown || !isOn()) return
      shown = now
      if (playback.getSnapshot().playing) keepInView(cueElement(now)?.getBoundingClientRect() ?? null)
    })
  }, [cues, playback, isOn])
  if (fault) return <p className="text-danger">{errorText(text, fault.code, fault.message)}</p>
  if (!cues) return <p className="text-muted">{text.viewer.loading}</p>
  const editing = session && (
    <Suspense>
      <CaptionsEditing {...{ jobRef, session, transcript, cues, show, playback, root }} put={setWriting} />
    </Suspense>
  )
  if (cues.starts.length === 0) return editing // the screen says that there is nothing
  return (
    <>
      {editing}
      <CaptionsList {...{ root, cues, language, playback, onEdit, writing }} onSeek={playback.seek} />
      {writing?.lane}
    </>
  )
}

/** Goes to the next cue that breaks a rule of its profile, or the one before. */
export function useWarnings(root: RefObject<HTMLElement | null>, cues: Cues | null): { count: number; next: (step: 1 | -1) => void } {
  const { viewer: text } = useText()
  const at = useRef(-1)
  const broken = useMemo(() => [...new Set(cues?.violations.map(({ cue }) => cue))].sort((a, b) => a - b), [cues])
  const next = useCallback(
    (step: 1 | -1) => {
      const list = root.current
      if (broken.length === 0 || !list || !cues) return
      // After the last one it went to, wherever that stands since the text was changed.
      const later = step > 0 ? broken.find((cue) => cue > at.current) : broken.findLast((cue) => cue < at.current)
      const cue = later ?? (step > 0 ? broken[0] : broken.at(-1)) ?? 0
      at.current = cue
      showCue(list, cue)
      const { rule = '', value = 0, limit = 0 } = cues.violations.find((one) => one.cue === cue) ?? {}
      announce(text.warning(rule, value, limit))
    },
    [root, broken, cues, text],
  )
  return { count: broken.length, next }
}
