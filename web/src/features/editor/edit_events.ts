import { type RefObject, useEffect } from 'react'
import type { TranscriptSession } from '@/transcript/session.ts'
import type { ChosenWord } from '../chosen_word.ts'
import type { Editing } from './editing.ts'
import { focusedRow, startWriting } from './starting.ts'
import { reachOf, strokeOf } from './strokes.ts'

interface Given {
  session: TranscriptSession
  editing: Editing
  /** All of the viewer: keys are obeyed while the focus is in it, or nowhere. */
  region: RefObject<HTMLElement | null>
  /** The text. */
  root: RefObject<HTMLElement | null>
  /** Whether single keys are wanted. */
  keysOn: boolean
  chosen: RefObject<ChosenWord | null>
}

/** Clicks and keys that have to do with editing, outside of the paragraph that is written in. */
export function useEditEvents({ session, editing, region, root, keysOn, chosen }: Given): void {
  const { on } = editing
  useEffect(() => {
    if (!on) return
    const onClick = (event: MouseEvent): void => {
      const selection = document.getSelection()
      const clicked = (event.target as Element).closest<HTMLElement>('[data-text]:not([data-writing])')
      const id = clicked?.dataset['text']
      if (!clicked || id === undefined || !root.current?.contains(clicked) || selection?.isCollapsed !== true) return
      event.stopPropagation() // it would go to the word in the recording
      editing.write(id, clicked.contains(selection.anchorNode) ? selection.anchorOffset : 0)
    }
    addEventListener('click', onClick, { capture: true })
    return () => removeEventListener('click', onClick, { capture: true })
  }, [on, editing, root])
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement
      if (event.defaultPrevented || !(target === document.body || region.current?.contains(target))) return
      if (target.matches('input, select, textarea') || target.isContentEditable || target.closest('dialog, [popover]')) return
      if (!session.getSnapshot().editable) return
      if (global(event, editing) || (keysOn && single(event, editing, root.current, chosen.current))) event.preventDefault()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [session, editing, region, root, keysOn, chosen])
  useEffect(() => {
    const leave = (): void => session.leave()
    const hidden = (): void => {
      if (document.visibilityState === 'hidden') session.leave()
    }
    const online = (): void => void session.save()
    const ask = (event: BeforeUnloadEvent): void => {
      const { saving, kept } = session.getSnapshot()
      if (saving !== 'saved' && !kept) event.preventDefault() // only then would it be lost
    }
    const gone = new AbortController()
    addEventListener('pagehide', leave, { signal: gone.signal })
    document.addEventListener('visibilitychange', hidden, { signal: gone.signal })
    addEventListener('online', online, { signal: gone.signal })
    addEventListener('beforeunload', ask, { signal: gone.signal })
    return () => gone.abort()
  }, [session])
}

function global(event: KeyboardEvent, editing: Editing): boolean {
  const does = strokeOf(event)?.does
  if (does === 'leave' && editing.on) editing.turn(false)
  else if (does === 'undo' || does === 'redo' || does === 'save') editing[does]()
  else return false
  return true
}

/** On the row that has the focus: E writes there, at the word that one is at; a number says who speaks, with Shift from here on. */
function single(event: KeyboardEvent, editing: Editing, text: HTMLElement | null, chosen: ChosenWord | null): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  const id = focusedRow(text)?.dataset['row']
  if (id === undefined) return false
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1]
  if (event.code === 'KeyE' && !event.shiftKey) startWriting(editing, text, chosen)
  else if (digit) editing.speaker(id, Number(digit), reachOf(event.shiftKey))
  else return false
  return true
}
