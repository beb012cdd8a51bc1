import { Captions, Maximize, Pause, Play, RotateCcw, RotateCw, Volume2, VolumeX } from 'lucide-react'
import type { ReactNode, RefObject } from 'react'
import { useText } from '@/i18n/language.ts'
import { cx } from '@/ui/cx.ts'
import type { Playback } from './playback.ts'
import { fullScreen } from '../screen_modes.ts'
import { SPEEDS } from './speeds.ts'
import { usePlayback } from './use_playback.ts'

export const STEP_S = 2
export const LONG_STEP_S = 5

interface Props {
  playback: Playback
  frame: RefObject<HTMLDivElement | null>
  captions: { shown: boolean; toggle: () => void }
  /** What else can be chosen for the player. */
  options: ReactNode
}

/** The buttons under the recording. They need one; the slider above them does not. */
export function Controls({ playback, frame, captions, options }: Props) {
  const { viewer: text } = useText()
  const { playing, ready, picture, muted, volume, rate } = usePlayback(playback)
  const Speaker = muted || volume === 0 ? VolumeX : Volume2
  return (
    <div role="group" aria-label={text.player} className="flex flex-wrap items-center justify-center sm:gap-0.5">
      <IconButton label={text.back(LONG_STEP_S)} disabled={!ready} onClick={() => playback.move(-LONG_STEP_S)}>
        <Step icon={RotateCcw} seconds={LONG_STEP_S} />
      </IconButton>
      <IconButton label={text.back(STEP_S)} disabled={!ready} onClick={() => playback.move(-STEP_S)} className="hover:bg-sunken max-[419px]:hidden lg:max-xl:hidden">
        <Step icon={RotateCcw} seconds={STEP_S} />
      </IconButton>
      <IconButton label={text.play} pressed={playing} disabled={!ready} onClick={playback.toggle} className="bg-accent text-on-accent hover:opacity-90">
        {playing ? <Pause aria-hidden className="size-5 fill-current" /> : <Play aria-hidden className="size-5 fill-current" />}
      </IconButton>
      <IconButton label={text.forward(LONG_STEP_S)} disabled={!ready} onClick={() => playback.move(LONG_STEP_S)}>
        <Step icon={RotateCw} seconds={LONG_STEP_S} />
      </IconButton>
      <select
        aria-label={text.speed}
        value={rate}
        disabled={!ready}
        onChange={(event) => playback.setRate(Number(event.target.value))}
        className="min-h-10 w-12 appearance-none rounded-control bg-surface text-center text-base hover:bg-sunken disabled:opacity-60 max-lg:min-h-11"
      >
        {SPEEDS.map((one) => (
          <option key={one} value={one}>
            {one}×
          </option>
        ))}
      </select>
      <IconButton label={text.mute} pressed={muted} disabled={!ready} onClick={playback.mute} className="hover:bg-sunken max-lg:hidden">
        <Speaker aria-hidden className="size-5" />
      </IconButton>
      <input
        type="range"
        aria-label={text.volume}
        min={0}
        max={1}
        step={0.05}
        value={muted ? 0 : volume}
        disabled={!ready}
        onChange={(event) => playback.setVolume(Number(event.target.value))}
        className="w-16 accent-accent max-xl:hidden"
      />
      <IconButton label={text.showCaptions} pressed={captions.shown} onClick={captions.toggle}>
        <Captions aria-hidden className={cx('size-5', captions.shown ? 'text-accent' : 'text-muted')} />
      </IconButton>
      {picture && (
        <IconButton label={text.fullScreen} onClick={() => void fullScreen(frame.current)}>
          <Maximize aria-hidden className="size-5" />
        </IconButton>
      )}
      {options}
    </div>
  )
}

interface IconButtonProps {
  label: string
  pressed?: boolean
  disabled?: boolean
  className?: string
  onClick: () => void
  children: ReactNode
}

function IconButton({ label, pressed, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      className={cx(
        'inline-flex size-10 items-center justify-center rounded-full disabled:opacity-60 max-lg:size-11',
        className ?? 'hover:bg-sunken',
      )}
      {...rest}
    >
      {children}
    </button>
  )
}

function Step({ icon: Icon, seconds }: { icon: typeof RotateCcw; seconds: number }) {
  return (
    <span aria-hidden className="relative">
      <Icon className="size-6" strokeWidth={1.5} />
      <span className="absolute inset-0 grid place-items-center text-[0.5625rem] font-semibold">{seconds}</span>
    </span>
  )
}
