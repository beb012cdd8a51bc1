import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react'
import { charactersBefore, flattened, linesOf, placeBehind } from '@/transcript/cue_text.ts'
import { edgeNear } from '@/transcript/tokens.ts'
import { strokeOf } from '../strokes.ts'
import { breakLines, isBroken, isVisible, merge, ownCue, remove, split, type as write, writeOwn } from './acts.ts'
import type { Captioning } from './captioning.ts'
import type { CaptionWords } from './caption_words.ts'

interface Props {
  captioning: Captioning
  cue: number
  words: CaptionWords
  language: string | null
  /** Every stroke: it is measured while one writes. */
  onText: (value: string) => void
}

/** The text of the caption that is open. Enter breaks the line, Ctrl+Enter parts it, Backspace at its start joins it. */
export function CaptionField({ captioning, cue, words, language, onText }: Props) {
  const field = useRef<HTMLTextAreaElement>(null)
  const composing = useRef(false)
  /** A line was begun in which nothing stands yet. */
  const begun = useRef(false)
  const { board, open, at } = captioning
  const shown = fieldText(captioning, cue)
  const value = useRef(shown)
  useLayoutEffect(() => {
    const element = field.current
    if (!element || composing.current || neat(element.value) === neat(shown)) return
    element.value = shown
    value.current = shown
    fit(element)
    onText(shown)
    if (document.activeElement === element) select(element, at.current.selected)
  }, [shown, at, onText])
  useLayoutEffect(() => {
    const element = field.current
    if (!element || open?.part !== 'text') return
    element.focus({ preventScroll: true })
    select(element, open.selected)
  }, [open])
  const noted = (): void => {
    const element = field.current
    if (element) at.current = { part: 'text', selected: [element.selectionStart, element.selectionEnd].map((place) => charactersBefore(element.value, place)) as [number, number] }
  }
  const changed = (): void => {
    const element = field.current
    if (!element) return
    fit(element)
    noted()
    value.current = element.value
    onText(element.value)
    if (composing.current) return
    if (board.row(cue)?.own) return void writeOwn(board, cue, element.value)
    write(board, cue, element.value)
    const whole = element.value.split('\n').every((line) => line.trim() !== '')
    if (begun.current && whole) breakLines(board, cue, element.value)
    begun.current &&= !whole
  }
  const broken = (): void => {
    begun.current = true
    changed()
  }
  const leave = (): void => {
    for (const { paragraph } of board.parts(cue)) board.session.leaveParagraph(paragraph.id)
  }
  const own = board.row(cue)?.own?.id
  useEffect(() => {
    return () => {
      const now = board.cues.own.find(({ id }) => id === own)
      if (now && !isVisible(value.current)) remove(board, now.cue)
    }
  }, [board, own])
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    const element = event.currentTarget
    if (!keyed(event, element, { captioning, cue, words, broken, leave })) return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <textarea
      ref={field}
      defaultValue={shown}
      rows={shown.split('\n').length}
      lang={language ?? undefined}
      spellCheck
      data-writing
      aria-label={words.textOf(cue + 1)}
      className="cue-field"
      onSelect={noted}
      onFocus={noted}
      onInput={changed}
      onKeyDown={onKeyDown}
      onBlur={leave}
      onCompositionStart={() => (composing.current = true)}
      onCompositionEnd={() => {
        composing.current = false
        changed()
      }}
    />
  )
}

/** As it is written: without brackets and notes that its kind is given, and without names of speakers. */
function fieldText({ board }: Captioning, cue: number): string {
  const row = board.row(cue)
  if (!row) return ''
  const own = ownCue(board, row)
  if (own) return own.text
  return linesOf(board.parts(cue), row.text).map(({ text }) => text).join('\n')
}

/** Lines and words, however they are spaced. */
const neat = (text: string): string => text.split('\n').map((line) => line.trim().replace(/\s+/gu, ' ')).filter(Boolean).join('\n')

const fit = (element: HTMLTextAreaElement): void => void (element.rows = Math.max(1, element.value.split('\n').length))

function select(element: HTMLTextAreaElement, [from, to]: [number, number]): void {
  const place = (characters: number): number => (characters === 0 ? 0 : placeBehind(element.value, characters - 1) + 1)
  // At the start of a word where something is selected, else behind what was written last.
  element.setSelectionRange(to > from ? placeBehind(element.value, from) : place(from), place(to))
}

interface Keyed {
  captioning: Captioning
  cue: number
  words: CaptionWords
  /** The lines are others. */
  broken: () => void
  leave: () => void
}

function keyed(event: KeyboardEvent, element: HTMLTextAreaElement, { captioning, cue, words, broken, leave }: Keyed): boolean {
  if (event.nativeEvent.isComposing) return false
  const { board } = captioning
  const own = board.row(cue)?.own
  const stroke = strokeOf(event.nativeEvent)?.does
  if (stroke === 'undo' || stroke === 'redo') {
    captioning.replay(stroke)
    return true
  }
  const [from, to] = [element.selectionStart, element.selectionEnd]
  const characters = charactersBefore(element.value, from)
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    if (own) return true
    leave()
    const done = split(board, cue, charactersBefore(element.value, edgeNear(element.value, from)))
    if (done) captioning.write(cue + 1)
    captioning.tell(done, words.parted)
    return true
  }
  if (event.altKey || event.ctrlKey || event.metaKey || own) return false
  if (event.key === 'Enter') {
    const [begin, end] = from === to ? [edgeNear(element.value, from), edgeNear(element.value, from)] : [from, to]
    const keep = isFull(captioning, cue, element.value) ? flattened : (text: string) => text
    replaceField(element, `${keep(element.value.slice(0, begin)).trimEnd()}\n${keep(element.value.slice(end)).trimStart()}`, characters, true)
    broken()
    return true
  }
  if (from !== to) return false
  if (event.key === 'Backspace' && from === 0 && cue > 0) {
    leave()
    const caret = board.parts(cue - 1).reduce((sum, part) => sum + charactersBefore(part.paragraph.text.slice(part.from, part.to), Infinity), 0)
    const done = merge(board, cue)
    if (done) captioning.write(cue - 1, 'text', [caret, caret])
    captioning.tell(done, words.joined)
    return true
  }
  const lineEnd = event.key === 'Backspace' ? from - 1 : event.key === 'Delete' ? from : -1
  if (lineEnd < 0 || element.value.charAt(lineEnd) !== '\n') return false
  replaceField(element, `${element.value.slice(0, lineEnd)} ${element.value.slice(lineEnd + 1)}`, characters, false)
  broken()
  return true
}

/** It has as many lines as it may, and nobody chose where they break: then this break takes the place of theirs. */
const isFull = ({ board }: Captioning, cue: number, value: string): boolean =>
  value.split('\n').length >= (board.cues.limits['max_lines'] ?? Infinity) && !isBroken(board, cue)

/** The caret at the beginning of a line, or where it was. */
function replaceField(element: HTMLTextAreaElement, value: string, characters: number, begins: boolean): void {
  element.value = value
  const place = begins ? placeBehind(value, characters) : characters === 0 ? 0 : placeBehind(value, characters - 1) + 1
  element.setSelectionRange(place, place)
}
