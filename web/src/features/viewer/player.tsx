import { type RefObject, useEffect, useRef, useState } from 'react'
import { useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { Select } from '@/ui/field.tsx'

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2]
const LENGTH_TOLERANCE_S = 1

interface Props {
  media: RefObject<HTMLVideoElement | null>
  durationMs: number
}

/** Plays the user's own copy of the recording: nothing is downloaded for it. */
export function Player({ media, durationMs }: Props) {
  const { viewer: text } = useText()
  const picker = useRef<HTMLInputElement>(null)
  const [url, setUrl] = useState<string | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const [speed, setSpeed] = useState(1)
  useEffect(() => () => void (url && URL.revokeObjectURL(url)), [url])
  const choose = (file: File | undefined): void => {
    if (!file) return
    setFault(null)
    setUrl(URL.createObjectURL(file))
  }
  const refuse = (sentence: string): void => {
    setUrl(null)
    setFault(sentence)
  }
  const onMetadata = (): void => {
    const element = media.current
    if (!element) return
    element.playbackRate = speed
    const other = Math.abs(element.duration - durationMs / 1000) > LENGTH_TOLERANCE_S
    if (Number.isFinite(element.duration) && other) refuse(text.wrongLength)
  }
  return (
    <div className="grid gap-3">
      {url && (
        // Its words are the text beside it.
        // eslint-disable-next-line jsx-a11y/media-has-caption
        <video
          ref={media}
          src={url}
          controls
          playsInline
          preload="metadata"
          onLoadedMetadata={onMetadata}
          onError={() => refuse(text.cannotPlay)}
          className="max-h-[60vh] min-h-16 w-full rounded-card bg-black"
        />
      )}
      {fault && (
        <p role="alert" className="text-sm text-danger">
          {fault}
        </p>
      )}
      <div className="flex flex-wrap items-end gap-2">
        <Button onClick={() => picker.current?.click()}>{url ? text.otherFile : text.playOwn}</Button>
        {url && (
          <div className="w-28">
            <Select
              label={text.speed}
              value={speed}
              onChange={(event) => {
                const chosen = Number(event.target.value)
                setSpeed(chosen)
                if (media.current) media.current.playbackRate = chosen
              }}
            >
              {SPEEDS.map((one) => (
                <option key={one} value={one}>
                  {one}×
                </option>
              ))}
            </Select>
          </div>
        )}
      </div>
      <input
        ref={picker}
        type="file"
        accept="video/*,audio/*,.mkv,.opus,.m4a,.flac"
        aria-label={text.playOwn}
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => {
          choose(event.target.files?.[0])
          event.target.value = ''
        }}
      />
    </div>
  )
}
