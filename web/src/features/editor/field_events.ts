import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import { type Field, onEdgeLine, putCaret, selected, setText, textOf } from './caret.ts'
import type { Editing, Place } from './editing.ts'
import { type Stroke, strokeOf } from './strokes.ts'

interface Given {
  field: RefObject<Field | null>
  place: Place
  text: string
  editing: Editing
  typed: () => void
  /** More is pasted than one means to, as a rule: it is asked about. */
  onLargePaste: (insert: () => void, length: number) => void
}

const LARGE_PASTE = 2000

/** Keeps a field and its paragraph the same, and makes of keys what they mean. */
export function useField(given: Given): void {
  const { field, place, text } = given
  const now = useRef(given)
  const composing = useRef(false)
  useLayoutEffect(() => {
    now.current = given
  })
  useLayoutEffect(() => {
    const element = field.current
    if (!element || composing.current || textOf(element) === text) return
    const caret = selected(element)?.[1]
    setText(element, text)
    if (caret !== undefined && document.activeElement === element) putCaret(element, caret)
  }, [field, text])
  useLayoutEffect(() => {
    field.current?.focus()
    if (field.current) putCaret(field.current, place.caret, place.until)
  }, [field, place])
  useEffect(() => {
    const element: HTMLElement | null = field.current
    if (!element) return
    const leave = new AbortController()
    const on = <K extends keyof HTMLElementEventMap>(name: K, act: (event: HTMLElementEventMap[K]) => void): void =>
      element.addEventListener(name, act, { signal: leave.signal })
    const write = (): void => {
      now.current.editing.type(textOf(element))
      now.current.typed()
    }
    on('input', () => composing.current || write())
    on('compositionstart', () => (composing.current = true))
    on('compositionend', () => {
      composing.current = false
      write()
    })
    on('keydown', (event) => keyed(event, element, now.current))
    on('beforeinput', (event) => beforeInput(event, element, now.current))
    on('paste', (event) => pasted(event, element, now.current, write))
    return () => leave.abort()
  }, [field])
}

function keyed(event: KeyboardEvent, field: Field, { editing }: Given): void {
  const stroke = strokeOf(event)
  if (stroke ? obey(stroke, field, editing) : travels(event, field, editing)) {
    event.preventDefault()
    event.stopPropagation()
  }
}

function obey(stroke: Stroke, field: Field, editing: Editing): boolean {
  const caret = selected(field)?.[0] ?? 0
  switch (stroke.does) {
    case 'leave':
      leave(field, editing)
      return true
    case 'moveUp':
    case 'moveDown':
      editing.moveWords(caret, stroke.does === 'moveUp' ? 'up' : 'down')
      return true
    case 'above':
    case 'below':
      return editing.go(stroke.does, 'start')
    case 'speaker':
      if (editing.place) editing.speaker(editing.place.id, stroke.number, stroke.reach)
      return true
    default:
      editing[stroke.does]()
      return true
  }
}

/** Out of the text, to the button of the paragraph: the focus stays where one is. */
export function leave(field: Field, editing: Editing): void {
  const row = field.closest('[data-row]')
  editing.turn(false)
  row?.querySelector('button')?.focus({ preventScroll: true })
}

/** From one paragraph into the next, as if they were one text; and at their borders, making them one. */
function travels(event: KeyboardEvent, field: Field, editing: Editing): boolean {
  const at = selected(field)
  if (!at || at[0] !== at[1] || event.isComposing || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return false
  const [atStart, atEnd] = [at[0] === 0, at[0] === textOf(field).length]
  switch (event.key) {
    case 'ArrowUp':
      return onEdgeLine(field, 'first') && editing.go('above', 'end')
    case 'ArrowDown':
      return onEdgeLine(field, 'last') && editing.go('below', 'start')
    case 'ArrowLeft':
      return atStart && editing.go('above', 'end')
    case 'ArrowRight':
      return atEnd && editing.go('below', 'start')
    case 'Backspace':
      if (atStart) editing.join('above')
      return atStart
    case 'Delete':
      if (atEnd) editing.join('below')
      return atEnd
    default:
      return false
  }
}

/** What comes from menus and from keyboards on glass, which name no keys. */
function beforeInput(event: InputEvent, field: Field, { editing }: Given): void {
  const at = selected(field)
  const meant: Partial<Record<string, () => void>> = {
    historyUndo: () => editing.undo(),
    historyRedo: () => editing.redo(),
    insertParagraph: () => editing.split(at?.[0] ?? 0),
    insertLineBreak: () => editing.split(at?.[0] ?? 0),
  }
  const does = meant[event.inputType]
  const joins = event.inputType === 'deleteContentBackward' && at?.[0] === 0 && at[1] === 0
  if (!does && !joins) return
  event.preventDefault()
  if (does) does()
  else editing.join('above')
}

/** As text on one line, whatever it was. */
function pasted(event: ClipboardEvent, field: Field, { onLargePaste }: Given, write: () => void): void {
  event.preventDefault()
  const text = (event.clipboardData?.getData('text/plain') ?? '').replace(/\s*[\r\n]+\s*/g, ' ')
  const [from, to] = selected(field) ?? [0, 0]
  if (!text) return
  const insert = (): void => {
    const before = textOf(field)
    setText(field, before.slice(0, from) + text + before.slice(to))
    field.focus()
    putCaret(field, from + text.length)
    write()
  }
  if (text.length > LARGE_PASTE) onLargePaste(insert, text.length)
  else insert()
}
