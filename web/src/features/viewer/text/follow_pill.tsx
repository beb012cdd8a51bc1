import { ArrowDownUp } from 'lucide-react'
import { useEffect, useState } from 'react'
import { clock } from '@/i18n/format.ts'
import { useText } from '@/i18n/language.ts'
import type { Playback } from '../player/playback.ts'

/** The way back to where the recording is. */
export function FollowPill({ playback, onResume }: { playback: Playback; onResume: () => void }) {
  const { viewer: text } = useText()
  const [time, setTime] = useState(() => timeOf(playback.ms))
  useEffect(() => playback.follow((ms) => setTime(timeOf(ms))), [playback])
  if (time === null) return null
  return (
    <button type="button" onClick={onResume} className="follow-pill">
      <ArrowDownUp aria-hidden className="size-4" />
      {text.backTo(time)}
    </button>
  )
}

/** Null before one has listened to anything. */
const timeOf = (ms: number): string | null => (ms > 0 ? clock(ms) : null)
