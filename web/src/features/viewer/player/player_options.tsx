import { Settings } from 'lucide-react'
import { type RefObject, useRef } from 'react'
import { useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { Select } from '@/ui/field.tsx'
import { Popover } from '@/ui/popover.tsx'
import type { FileHandle } from '@/upload/record.ts'
import { canPick, pick } from '@/upload/picker.ts'
import type { Playback } from './playback.ts'
import { type Preferences, SIZES } from '../preferences.ts'
import { canFloat, float } from '../screen_modes.ts'
import { usePlayback } from './use_playback.ts'

/** The handle, where the browser gives one, opens the file again after a reload. */
export type Choose = (file: File, handle: FileHandle | null) => void

interface Props {
  frame: RefObject<HTMLDivElement | null>
  playback: Playback
  preferences: Preferences
  onChange: (change: Partial<Preferences>) => void
  onChoose: Choose | null
}

export function PlayerOptions({ frame, playback, preferences, onChange, onChoose }: Props) {
  const { viewer: text } = useText()
  const { picture } = usePlayback(playback)
  return (
    <Popover small kind="quiet" label={<Settings aria-hidden className="size-5" />} name={text.options}>
      {(close) => (
        <div className="grid gap-3 p-2">
          <Select
            label={text.captionSize}
            value={preferences.size}
            onChange={(event) => onChange({ size: event.target.value as Preferences['size'] })}
          >
            {SIZES.map((size) => (
              <option key={size} value={size}>
                {text.sizes[size]}
              </option>
            ))}
          </Select>
          <label className="flex min-h-10 items-center gap-2 text-sm max-sm:min-h-11">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={preferences.ground}
              onChange={(event) => onChange({ ground: event.target.checked })}
            />
            {text.captionGround}
          </label>
          {picture && canFloat() && (
            <Button
              onClick={() => {
                close()
                void float(frame.current)
              }}
            >
              {text.float}
            </Button>
          )}
          {onChoose && <OwnCopy onChoose={onChoose} label={text.otherFile} />}
        </div>
      )}
    </Popover>
  )
}

/** A button that asks for a file of this device. Nothing of it is sent. */
export function OwnCopy({ onChoose, label }: { onChoose: Choose; label: string }) {
  const picker = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button onClick={() => (canPick() ? void pick(false).then(([one]) => one && onChoose(one.file, one.handle)) : picker.current?.click())}>{label}</Button>
      <input
        ref={picker}
        type="file"
        accept="video/*,audio/*,.mkv,.opus,.m4a,.flac"
        aria-label={label}
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file) onChoose(file, null)
          event.target.value = ''
        }}
      />
    </>
  )
}
