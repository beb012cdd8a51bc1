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

/** Gives a track these cues. Those that it has already stay. */
export function showCues(track: TextTrack, { starts, ends, texts }: Pick<Cues, 'starts' | 'ends' | 'texts'>): void {
  // The cues of a disabled track cannot be seen.
  if (track.mode === 'disabled') track.mode = 'hidden'
  const name = (start: number, end: number, text: string): string => `${start} ${end} ${text}`
  const wanted = new Map<string, [number, number, string]>()
  for (const [at, start] of starts.entries()) {
    const cue: [number, number, string] = [start / 1000, (ends[at] ?? start) / 1000, escaped(texts[at] ?? '')]
    wanted.set(name(...cue), cue)
  }
  for (const cue of [...(track.cues ?? [])] as VTTCue[]) {
    if (!wanted.delete(name(cue.startTime, cue.endTime, cue.text))) track.removeCue(cue)
  }
  for (const [start, end, text] of wanted.values()) track.addCue(new VTTCue(start, end, text))
}

/** WebVTT has marks of its own, which nobody said. */
export const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

export const unescaped = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
