import { useCallback, useEffect, useRef, useState } from 'react'

const KEYS_THAT_SCROLL = new Set(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'])

export interface Following {
  on: boolean
  set: (on: boolean) => void
  /** The same as `on`, for what runs at every frame. */
  isOn: () => boolean
}

/** Whether the text goes along with the recording: until a person scrolls, and again when asked. */
export function useFollowing(): Following {
  const [on, setOn] = useState(true)
  const now = useRef(true)
  const set = useCallback((wanted: boolean) => {
    now.current = wanted
    setOn(wanted)
  }, [])
  const isOn = useCallback(() => now.current, [])
  useEffect(() => {
    const leave = new AbortController()
    const quietly = { passive: true, signal: leave.signal }
    const inSlider = (event: Event): boolean => event.target instanceof Element && event.target.closest('[role="slider"]') !== null
    const onKey = (event: KeyboardEvent): void => {
      if (KEYS_THAT_SCROLL.has(event.key) && !inSlider(event)) set(false)
    }
    addEventListener('wheel', () => set(false), quietly)
    addEventListener('touchmove', (event) => inSlider(event) || set(false), quietly)
    addEventListener('keydown', onKey, quietly)
    return () => leave.abort()
  }, [set])
  return { on, set, isOn }
}
