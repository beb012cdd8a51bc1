import { type RefObject, useEffect } from 'react'

interface Keys {
  media: RefObject<HTMLVideoElement | null>
  search: RefObject<HTMLInputElement | null>
  onDoubt: (step: 1 | -1) => void
}

const STEP_S = 2
const LONG_STEP_S = 5

/** By place on the keyboard, so that they lie the same on every layout; never with the keys that systems use. */
export function useKeys({ media, search, onDoubt }: Keys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement
      const typing = target.matches('input, select, textarea, video, [contenteditable]') || target.closest('dialog, [popover]')
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === '/') {
        event.preventDefault()
        return search.current?.focus()
      }
      if (event.code === 'KeyN') return onDoubt(event.shiftKey ? -1 : 1)
      const onButton = target.closest('button, a, summary') !== null
      const act = media.current && actions(media.current)[event.code]
      // Space presses a focused button, and that is what it is for.
      if (!act || (event.code === 'Space' && onButton)) return
      event.preventDefault()
      act()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [media, search, onDoubt])
}

function actions(media: HTMLVideoElement): Partial<Record<string, () => void>> {
  const toggle = (): void => void (media.paused ? media.play().catch(() => undefined) : media.pause())
  const move = (seconds: number) => (): void => {
    media.currentTime = Math.max(0, media.currentTime + seconds)
  }
  return {
    Space: toggle,
    KeyK: toggle,
    KeyJ: move(-STEP_S),
    KeyL: move(STEP_S),
    ArrowLeft: move(-LONG_STEP_S),
    ArrowRight: move(LONG_STEP_S),
  }
}
