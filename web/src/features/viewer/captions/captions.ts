/** The subtitles as the chosen profile cuts them: what the player shows and what the list shows are the same cues. */
import { useCallback, useEffect, useMemo, useState } from 'react'
import { asBackendError, type Backend, type BackendError } from '@/backend/backend.ts'
import type { Cues } from '@/backend/transcripts.ts'
import type { JobRef } from '@/backend/types.ts'

export interface CuesState {
  cues: Cues | null
  fault: BackendError | null
  /** Shows what a decision makes of them, until the server has made them anew. */
  patch: (change: (cues: Cues) => Cues) => void
}

interface Wanted {
  backend: Backend
  jobRef: JobRef
  profile: string
  /** Asked for again whenever this changes. Null: not asked for. */
  edition: string | null
  /** The text has no changes on their way: an answer would be about another text. */
  settled: boolean
}

export function useCues({ backend, jobRef, profile, edition, settled }: Wanted): CuesState {
  const [state, setState] = useState<Omit<CuesState, 'patch'>>({ cues: null, fault: null })
  const { id, token } = jobRef
  useEffect(() => {
    if (edition === null || profile === '' || !settled) return
    let left = false
    backend.cues({ id, token }, profile).then(
      (cues) => !left && setState({ cues, fault: null }),
      (error: unknown) => !left && setState({ cues: null, fault: asBackendError(error) }),
    )
    return () => void (left = true)
  }, [backend, id, token, profile, edition, settled])
  const patch = useCallback((change: (cues: Cues) => Cues) => setState((now) => (now.cues ? { ...now, cues: change(now.cues) } : now)), [])
  return useMemo(() => ({ ...state, patch }), [state, patch])
}

const tracks = new WeakMap<HTMLMediaElement, TextTrack>()

/** A track that was added stays for ever: there is one for each element, and its cues change. */
export function captionTrack(element: HTMLMediaElement): TextTrack {
  const track = tracks.get(element) ?? element.addTextTrack('captions')
  tracks.set(element, track)
  return track
}

type Timed = Pick<Cues, 'starts' | 'ends' | 'texts'>

/** What a track shows: a column each. */
const shownBy = new WeakMap<TextTrack, { cues: Timed; made: readonly VTTCue[] }>()

/** Gives a track these cues. Those before and behind the first and the last that are others stay: with ten thousand of them a
 *  letter must not cost all. */
export function showCues(track: TextTrack, cues: Timed): void {
  // The cues of a disabled track cannot be seen.
  if (track.mode === 'disabled') track.mode = 'hidden'
  const before = shownBy.get(track) ?? { cues: { starts: [], ends: [], texts: [] }, made: [] }
  const [was, now] = [before.made.length, cues.starts.length]
  const same = (old: number, at: number): boolean =>
    before.cues.starts[old] === cues.starts[at] && before.cues.ends[old] === cues.ends[at] && before.cues.texts[old] === cues.texts[at]
  let [first, behind] = [0, 0]
  while (first < Math.min(was, now) && same(first, first)) first += 1
  while (behind < Math.min(was, now) - first && same(was - 1 - behind, now - 1 - behind)) behind += 1
  for (const cue of before.made.slice(first, was - behind)) track.removeCue(cue)
  const fresh = Array.from({ length: now - behind - first }, (_, index) => cueOf(cues, first + index))
  for (const cue of fresh) track.addCue(cue)
  shownBy.set(track, { cues, made: before.made.toSpliced(first, was - behind - first, ...fresh) })
}

const cueOf = ({ starts, ends, texts }: Timed, at: number): VTTCue =>
  new VTTCue((starts[at] ?? 0) / 1000, (ends[at] ?? starts[at] ?? 0) / 1000, escaped(texts[at] ?? ''))

/** WebVTT has marks of its own, which nobody said. */
export const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

export const unescaped = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
