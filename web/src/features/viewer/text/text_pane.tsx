import type { RefObject } from 'react'
import type { Found, Place } from '@/transcript/columns.ts'
import type { SpeakerLook } from '../../speaker_looks.ts'
import type { Following } from './following.ts'
import { useMarks, useMatch } from './marks.ts'
import type { Playback } from '../player/playback.ts'
import type { Script } from './script.ts'
import { useSpoken } from './spoken.ts'
import { TranscriptText, type WritingField } from './transcript_text.tsx'

interface Props {
  root: RefObject<HTMLElement | null>
  script: Script
  looks: ReadonlyMap<string, SpeakerLook>
  language: string | null
  playback: Playback
  following: Following
  found: readonly Found[]
  match: Found | undefined
  only: string | null
  field?: WritingField | null
  onWord: (place: Place) => void
}

/** The text with its marks. */
export function TextPane({ root, script, looks, language, playback, following, found, match, only, field = null, onWord }: Props) {
  useMarks(root, script, found, field?.id ?? null)
  useMatch(script, match, field?.id ?? null)
  useSpoken({ root, playback, script, following })
  return <TranscriptText {...{ root, script, looks, language, only, field, onWord }} />
}
