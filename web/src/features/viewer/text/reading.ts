import { type RefObject, useCallback, useDeferredValue, useMemo } from 'react'
import type { Found, Place } from '@/transcript/columns.ts'
import { wordOfOffset } from '@/transcript/columns.ts'
import type { Span } from '@/transcript/spans.ts'
import { type SpeakerLook, speakerLooks } from '../../speaker_looks.ts'
import { type Address } from '../address.ts'
import { useAddressedPlace } from '../addressed_place.ts'
import { type Choosing, useChoosing } from '../choosing.ts'
import { type Doubts, useDoubts } from './doubts.ts'
import type { EditingInText } from '../editing_slot.ts'
import { type Following, useFollowing } from './following.ts'
import type { OpenTranscript } from '../open_transcript.ts'
import type { Playback } from '../player/playback.ts'
import { type Script, scriptOf } from './script.ts'
import { type Searching, useSearching } from './searching.ts'
import { type Speaking, useSpeaking } from './speaking.ts'
import { showPlace } from './spoken.ts'
import { type Strip, stripOf } from '../player/strip_drawing.ts'

interface Given {
  transcript: OpenTranscript['transcript']
  durationMs: number
  address: Address
  playback: Playback
  root: RefObject<HTMLElement | null>
  editor: EditingInText | null
}

/** The text that is read, and where in it one is. */
export interface Reading {
  script: Script
  looks: ReadonlyMap<string, SpeakerLook>
  following: Following
  searching: Searching
  choosing: Choosing
  speaking: Speaking
  doubts: Doubts
  strip: Strip
}

export function useReading({ transcript, durationMs, address, playback, root, editor }: Given): Reading {
  const { paragraphs, speakers } = transcript
  const coverage = transcript.body?.coverage
  const overlaps = useMemo(() => spansFrom(coverage?.overlaps), [coverage])
  const script = useMemo(() => scriptOf({ paragraphs, speakers }, overlaps), [paragraphs, speakers, overlaps])
  const looks = useMemo(() => speakerLooks(paragraphs), [paragraphs])
  const following = useFollowing()
  const { set: setFollowing } = following
  const choosing = useChoosing({ root, script, playback, editor })
  const { chosen, doubt, turn } = choosing
  const onTurn = useCallback(
    (place: Place) => {
      setFollowing(false)
      turn(place)
    },
    [turn, setFollowing],
  )
  const speaking = useSpeaking({ root, script, playback, editor, onTurn })
  const { reveal } = speaking
  const onMatch = useCallback(
    ({ paragraph, from, to }: Found) => {
      setFollowing(false)
      reveal(paragraph)
      const found = script.paragraphs[paragraph]
      if (found) chosen.current = { id: found.id, from, to }
      showPlace(script, { paragraph, word: found ? wordOfOffset(found, from) : 0 })
    },
    [script, setFollowing, chosen, reveal],
  )
  const searching = useSearching(script, address, onMatch)
  const { found } = searching
  const onDoubt = useCallback(
    (place: Place) => {
      reveal(place.paragraph)
      doubt(place)
    },
    [doubt, reveal],
  )
  const doubts = useDoubts(script, onDoubt)
  const unresolved = useMemo(() => spansFrom(coverage?.unresolved), [coverage])
  // Drawn when there is time for it: not between two keystrokes.
  const calm = useDeferredValue(script)
  const strip = useMemo(
    () => stripOf(calm, looks, { durationMs, unresolved, overlaps, found }),
    [calm, looks, durationMs, unresolved, overlaps, found],
  )
  useAddressedPlace(address, playback, script)
  return { script, looks, following, searching, choosing, speaking, doubts, strip }
}

const spansFrom = (told: readonly (readonly [number, number])[] | undefined): Span[] => (told ?? []).map(([from, to]) => ({ from, to }))
