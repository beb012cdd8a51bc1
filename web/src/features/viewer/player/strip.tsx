import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from 'react'
import { clock } from '@/i18n/format.ts'
import { useText } from '@/i18n/language.ts'
import { whenLooksChange } from '@/ui/looks.ts'
import type { Playback } from './playback.ts'
import { drawStrip, type Strip } from './strip_drawing.ts'

const STEP_S = 5
const PAGE_S = 60

interface Props {
  strip: Strip
  playback: Playback
}

/** Where one is in the recording, to look at and to move. It writes past React: it changes at every frame. */
export function StripSlider({ strip, playback }: Props) {
  const { viewer: text } = useText()
  const slider = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const head = useRef<HTMLDivElement>(null)
  const time = useRef<HTMLSpanElement>(null)
  const { durationMs } = strip

  useEffect(() => {
    const element = canvas.current
    if (!element) return
    return whenLooksChange(element, () => drawStrip(element, strip))
  }, [strip])

  useEffect(() => {
    let second = -1
    const show = (ms: number): void => {
      if (head.current) head.current.style.left = `${durationMs > 0 ? Math.min(100, (ms / durationMs) * 100) : 0}%`
      // Once a second is enough for those who listen to it.
      if (Math.floor(ms / 1000) === second) return
      second = Math.floor(ms / 1000)
      if (time.current) time.current.textContent = clock(ms)
      slider.current?.setAttribute('aria-valuenow', String(second))
      slider.current?.setAttribute('aria-valuetext', text.place(clock(ms), clock(durationMs)))
    }
    show(playback.ms)
    return playback.follow(show)
  }, [playback, durationMs, text])

  const seek = (event: PointerEvent<HTMLElement>): void => {
    const box = event.currentTarget.getBoundingClientRect()
    playback.seek(Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * durationMs)
  }
  return (
    <div className="flex items-center gap-2 text-xs text-muted">
    <span ref={time} aria-hidden />
    <div
      ref={slider}
      role="slider"
      tabIndex={0}
      aria-label={text.position}
      aria-valuemin={0}
      aria-valuemax={Math.floor(durationMs / 1000)}
      aria-valuenow={0}
      className="strip"
      onKeyDown={(event) => onKey(event, playback, durationMs)}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        seek(event)
      }}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && seek(event)}
    >
      <canvas ref={canvas} aria-hidden className="size-full" />
      <div ref={head} className="strip-head" />
    </div>
    <span aria-hidden>{clock(durationMs)}</span>
    </div>
  )
}

function onKey(event: KeyboardEvent, playback: Playback, durationMs: number): void {
  const steps: Record<string, () => void> = {
    ArrowLeft: () => playback.move(-STEP_S),
    ArrowDown: () => playback.move(-STEP_S),
    ArrowRight: () => playback.move(STEP_S),
    ArrowUp: () => playback.move(STEP_S),
    PageDown: () => playback.move(-PAGE_S),
    PageUp: () => playback.move(PAGE_S),
    Home: () => playback.seek(0),
    End: () => playback.seek(durationMs),
  }
  const step = steps[event.key]
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  event.stopPropagation()
  step()
}
