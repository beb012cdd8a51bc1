import { type RefObject, useEffect } from 'react'

/** Less than this above the keyboard of a phone, and player and field do not fit both. As in viewer.css. */
const CRAMPED_PX = 480

/** What opens a keyboard. */
const WRITTEN_IN = 'textarea, [contenteditable], input:not([type=range], [type=checkbox])'

/** Marks the viewer while somebody writes and the keyboard leaves little room: the player then scrolls away with the text, and
 *  covers nothing. The page itself keeps its size under a keyboard, so no media query knows. */
export function useCramped(region: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const seen = visualViewport
    if (!seen) return
    const look = (): void => {
      const field = document.activeElement
      const writes = field?.matches(WRITTEN_IN) === true && region.current?.contains(field) === true
      const cramped = writes && seen.height < CRAMPED_PX
      if (region.current?.toggleAttribute('data-cramped', cramped) && cramped) field.scrollIntoView({ block: 'center', behavior: 'instant' })
    }
    const controller = new AbortController()
    const { signal } = controller
    seen.addEventListener('resize', look, { signal })
    for (const name of ['focusin', 'focusout'] as const) document.addEventListener(name, look, { signal })
    return () => controller.abort()
  }, [region])
}
