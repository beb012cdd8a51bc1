import { type RefObject, useEffect } from 'react'
import { type Action, actionOf } from './keymap.ts'

const OFF_KEY = 'aisubs.keys.off'

/** Whether the single keys are on: dictation and chance strokes may set them off, so they can be switched off. */
export function keysAreOn(): boolean {
  try {
    return localStorage.getItem(OFF_KEY) === null
  } catch {
    return true
  }
}

export function switchKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(OFF_KEY)
    else localStorage.setItem(OFF_KEY, '1')
  } catch {
    // It holds until the page is left.
  }
}

/** Obeys the table of keys while the focus is in `region`, or nowhere. */
export function useKeys(region: RefObject<HTMLElement | null>, on: boolean, act: Partial<Record<Action, () => void>>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement
      if (event.defaultPrevented || !(isNowhere(target) || region.current?.contains(target))) return
      // Browsers without plain-text editing write in a text area.
      const typing = target.isContentEditable || target.matches('[data-writing]')
      if (!typing && (!on || target.matches('input:not([type="range"]), select, textarea') || target.closest('dialog, [popover]'))) return
      const action = actionOf(event, typing ? 'typing' : 'reading')
      const does = action && act[action]
      if (!does || belongsToControl(event, target)) return
      event.preventDefault()
      does()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [region, on, act])
}

/** The focus is on nothing in particular: so it is right after the page has moved to another screen. */
const isNowhere = (target: HTMLElement): boolean => target === document.body || target.id === 'main'

/** Space presses a focused button, arrows move a slider: that is what they are for. */
function belongsToControl(event: KeyboardEvent, target: HTMLElement): boolean {
  if (event.code === 'Space' && target.closest('button, a, summary')) return true
  return event.code.startsWith('Arrow') && target.closest('[role="slider"], input, [role="radiogroup"]') !== null
}
