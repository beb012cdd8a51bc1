import { type ReactNode, type RefObject, Suspense, useEffect, useRef, useState } from 'react'
import type { Cues } from '@/backend/transcripts.ts'
import type { Job } from '@/backend/types.ts'
import { useText } from '@/i18n/language.ts'
import { cx } from '@/ui/cx.ts'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import { captionTrack, showCues, unescaped } from '../captions/captions.ts'
import type { Playback } from './playback.ts'
import type { Preferences } from '../preferences.ts'
import type { Recording } from './recording.ts'
import { usePlayback } from './use_playback.ts'

const KeptCopy = lazyChunk(() => import('./kept_copy.tsx'), 'KeptCopy')

const NO_CUES = { starts: [], ends: [], texts: [] }

interface Props {
  job: Job
  frame: RefObject<HTMLDivElement | null>
  playback: Playback
  recording: Recording
  cues: Cues | null
  preferences: Preferences
  /** The slider and the buttons. */
  children: ReactNode
}

/** The recording with the subtitles in it, and what belongs to its playing. */
export function Player({ job, frame, playback, recording, cues, preferences, children }: Props) {
  const { viewer: text } = useText()
  const media = useRef<HTMLVideoElement>(null)
  const { source, refused, choose, onError, onLength } = recording
  const { ready, picture } = usePlayback(playback)
  const seen = ready ? picture : (source?.picture ?? true)
  const { shown } = preferences
  useEffect(() => (media.current ? playback.attach(media.current) : undefined), [playback])
  useEffect(() => {
    // Another address that happens to be the same: after a fault the element tries nothing by itself.
    if (source && media.current?.error) media.current.load()
  }, [source])
  useEffect(() => {
    if (!media.current) return
    const track = captionTrack(media.current)
    showCues(track, cues ?? NO_CUES)
    // Without a picture there is nothing to draw on; the line under the bar shows what is said.
    track.mode = shown && seen ? 'showing' : 'hidden'
  }, [cues, shown, seen])
  return (
    <div ref={frame} className="player" data-captions={preferences.size} data-ground={preferences.ground}>
      <div className={cx('screen', !source && 'hidden')} data-covers="top" data-audio={seen ? undefined : true}>
        {/* The track is added by script, for its cues change with the text. */}
        {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
        <video
          ref={media}
          src={source?.url}
          playsInline
          preload="metadata"
          aria-label={text.recording}
          className={cx('size-full', !seen && 'hidden')}
          onClick={playback.toggle}
          onError={(event) => event.currentTarget.getAttribute('src') && onError()}
          onLoadedMetadata={(event) => onLength(event.currentTarget.duration)}
        />
        {!seen && <SpokenLine media={media} shown={shown} />}
        {!seen && source && !source.own && (
          <Suspense>
            <KeptCopy jobId={job.job_id} choose={choose} refused={refused} heard={job.filename} />
          </Suspense>
        )}
      </div>
      <div className="controls" data-covers="bottom">
        {children}
      </div>
    </div>
  )
}

/** The subtitle of a recording without a picture. It is in the transcript too, so it is not read out. */
function SpokenLine({ media, shown }: { media: RefObject<HTMLVideoElement | null>; shown: boolean }) {
  const [line, setLine] = useState('')
  useEffect(() => {
    if (!media.current) return
    const track = captionTrack(media.current)
    const show = (): void => setLine([...(track.activeCues ?? [])].map((cue) => unescaped((cue as VTTCue).text)).join('\n'))
    show()
    track.addEventListener('cuechange', show)
    return () => track.removeEventListener('cuechange', show)
  }, [media])
  return (
    <p aria-hidden className="spoken-line">
      {shown && line}
    </p>
  )
}
