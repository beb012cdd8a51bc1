import { useEffect, useRef } from 'react'
import { wordAt } from '@/transcript/columns.ts'
import { type Address, keepAddress } from './address.ts'
import type { Playback } from './player/playback.ts'
import type { Script } from './text/script.ts'
import { showPlace } from './text/spoken.ts'

/** Begins at the place that the address names, and keeps it there. */
export function useAddressedPlace({ t }: Address, playback: Playback, script: Script): void {
  const begun = useRef(false)
  const { paragraphs } = script
  const reached = t !== null && paragraphs.length > 0
  useEffect(() => {
    if (begun.current || !reached) return
    begun.current = true
    playback.seek(t * 1000)
    showPlace(script, wordAt(script.paragraphs, t * 1000))
  }, [t, reached, playback, script])
  useEffect(
    () =>
      playback.follow((ms) => {
        // While it plays, the address would change all the time.
        if (!playback.getSnapshot().playing) keepAddress({ t: ms / 1000 })
      }),
    [playback],
  )
}
