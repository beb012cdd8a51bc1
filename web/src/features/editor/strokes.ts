/** What keys mean while somebody writes, by their place on the keyboard. */
import type { Reach } from '@/transcript/speakers.ts'

export type Stroke =
  | { does: 'leave' | 'undo' | 'redo' | 'save' | 'moveUp' | 'moveDown' | 'above' | 'below' }
  | { does: 'speaker'; number: number; reach: Reach }

type Pressed = Pick<KeyboardEvent, 'code' | 'key' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey' | 'isComposing' | 'getModifierState'>

/** With Shift a number means all of this speaker's from here on. */
export const reachOf = (shift: boolean): Reach => (shift ? 'onwards' : 'paragraph')

/** Null: nothing of ours. Never Tab, never AltGr (which is Ctrl and Alt on Windows), never within a composition. */
export function strokeOf(pressed: Pressed): Stroke | null {
  const { code, key, shiftKey, altKey, ctrlKey, metaKey, isComposing } = pressed
  const primary = ctrlKey || metaKey
  if (isComposing || (altKey && primary) || pressed.getModifierState('AltGraph')) return null
  if (key === 'Escape') return { does: 'leave' }
  if (altKey) return withAlt(code, shiftKey)
  if (!primary) return null
  if (code === 'ArrowUp') return { does: 'above' }
  if (code === 'ArrowDown') return { does: 'below' }
  // By the letter: on the keyboards of some languages Z lies elsewhere, and people look for the letter.
  const letter = key.toLowerCase()
  if (letter === 'z') return { does: shiftKey ? 'redo' : 'undo' }
  if (letter === 'y' && !shiftKey) return { does: 'redo' }
  return letter === 's' && !shiftKey ? { does: 'save' } : null
}

function withAlt(code: string, shift: boolean): Stroke | null {
  if (shift && code === 'ArrowUp') return { does: 'moveUp' }
  if (shift && code === 'ArrowDown') return { does: 'moveDown' }
  const digit = /^Digit([1-9])$/.exec(code)?.[1]
  return digit ? { does: 'speaker', number: Number(digit), reach: reachOf(shift) } : null
}
