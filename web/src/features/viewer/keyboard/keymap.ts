/** The keys, in one table: the viewer obeys it, and the sheet behind `?` is made of it. */

export const ACTIONS = [
  ...(['play', 'back', 'forward', 'longBack', 'longForward', 'slower', 'faster'] as const),
  ...(['previousParagraph', 'nextParagraph', 'edit', 'leave', 'split', 'join', 'moveUp', 'moveDown', 'speaker', 'speakerOn'] as const),
  ...(['nextDoubt', 'previousDoubt', 'confirm', 'nextTurn', 'previousTurn', 'nextWarning', 'previousWarning', 'undo', 'redo', 'save'] as const),
  ...(['search', 'follow', 'captions', 'fullScreen', 'help'] as const),
] as const
export type Action = (typeof ACTIONS)[number]

export interface Stroke {
  /** KeyboardEvent.code: the place on the keyboard, the same in every layout. A single character stands for itself. */
  code: string
  shift?: true
  alt?: true
  /** Ctrl, or Command on a Mac. */
  primary?: true
}

export interface Keys {
  action: Action
  reading: readonly Stroke[]
  typing: readonly Stroke[]
  /** Only where the text may be changed. */
  editing?: true
  /** Done by what has the focus, and only shown in the sheet. */
  elsewhere?: true
}

const key = (code: string): Stroke => ({ code })
const shift = (code: string): Stroke => ({ code, shift: true })
const alt = (code: string): Stroke => ({ code, alt: true })
const primary = (code: string): Stroke => ({ code, primary: true })

export const KEYMAP: readonly Keys[] = [
  { action: 'play', reading: [key('Space'), key('KeyK')], typing: [alt('KeyK'), shift('Space')] },
  { action: 'back', reading: [key('KeyJ')], typing: [alt('KeyJ')] },
  { action: 'forward', reading: [key('KeyL')], typing: [alt('KeyL')] },
  { action: 'longBack', reading: [key('ArrowLeft')], typing: [] },
  { action: 'longForward', reading: [key('ArrowRight')], typing: [] },
  { action: 'slower', reading: [key(',')], typing: [alt('Comma')] },
  { action: 'faster', reading: [key('.')], typing: [alt('Period')] },
  { action: 'previousParagraph', reading: [key('ArrowUp')], typing: [primary('ArrowUp')], elsewhere: true },
  { action: 'nextParagraph', reading: [key('ArrowDown')], typing: [primary('ArrowDown')], elsewhere: true },
  { action: 'edit', reading: [key('KeyE')], typing: [], editing: true },
  { action: 'leave', reading: [], typing: [key('Escape')], editing: true, elsewhere: true },
  { action: 'split', reading: [], typing: [key('Enter')], editing: true, elsewhere: true },
  { action: 'join', reading: [], typing: [key('Backspace')], editing: true, elsewhere: true },
  { action: 'moveUp', reading: [], typing: [{ code: 'ArrowUp', alt: true, shift: true }], editing: true, elsewhere: true },
  { action: 'moveDown', reading: [], typing: [{ code: 'ArrowDown', alt: true, shift: true }], editing: true, elsewhere: true },
  { action: 'speaker', reading: [key('1')], typing: [alt('Digit1')], editing: true, elsewhere: true },
  { action: 'speakerOn', reading: [shift('1')], typing: [{ code: 'Digit1', alt: true, shift: true }], editing: true, elsewhere: true },
  { action: 'nextDoubt', reading: [key('KeyN')], typing: [alt('KeyN')] },
  { action: 'previousDoubt', reading: [shift('KeyN')], typing: [] },
  { action: 'confirm', reading: [key('KeyR')], typing: [alt('KeyR')], editing: true },
  { action: 'nextTurn', reading: [key('KeyS')], typing: [alt('KeyS')] },
  { action: 'previousTurn', reading: [shift('KeyS')], typing: [{ code: 'KeyS', alt: true, shift: true }] },
  { action: 'nextWarning', reading: [key('KeyW')], typing: [alt('KeyW')] },
  { action: 'previousWarning', reading: [shift('KeyW')], typing: [] },
  { action: 'undo', reading: [primary('KeyZ')], typing: [primary('KeyZ')], editing: true, elsewhere: true },
  { action: 'redo', reading: [{ code: 'KeyZ', primary: true, shift: true }], typing: [{ code: 'KeyZ', primary: true, shift: true }], editing: true, elsewhere: true },
  { action: 'save', reading: [primary('KeyS')], typing: [primary('KeyS')], editing: true, elsewhere: true },
  { action: 'search', reading: [key('/')], typing: [] },
  { action: 'follow', reading: [key('KeyF')], typing: [] },
  { action: 'captions', reading: [key('KeyC')], typing: [] },
  { action: 'fullScreen', reading: [shift('KeyF')], typing: [] },
  { action: 'help', reading: [key('?')], typing: [] },
]

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey'>

/** What a stroke means, or null. Never with Ctrl and Alt together, which is AltGr and writes a character. */
export function actionOf(pressed: Pressed, mode: 'reading' | 'typing'): Action | null {
  if (pressed.ctrlKey && pressed.altKey) return null
  const meant = KEYMAP.find((keys) => !keys.elsewhere && keys[mode].some((stroke) => isPressed(stroke, pressed)))
  return meant?.action ?? null
}

function isPressed({ code, shift: withShift, alt: withAlt, primary: withPrimary }: Stroke, pressed: Pressed): boolean {
  if (pressed.altKey !== (withAlt ?? false) || (pressed.ctrlKey || pressed.metaKey) !== (withPrimary ?? false)) return false
  // Where a character lies, and whether with Shift, differs from layout to layout.
  if (code.length === 1) return pressed.key === code
  return pressed.code === code && pressed.shiftKey === (withShift ?? false)
}
