import { memo, type RefObject, useLayoutEffect } from 'react'
import { type EditToolsProps, EditTools } from '../editor/edit_tools.tsx'
import { useEditor } from '../editor/editor.tsx'
import type { EditingSlot } from './editing_slot.ts'

interface Props extends Omit<EditToolsProps, 'editing' | 'typing'> {
  region: RefObject<HTMLElement | null>
  keysOn: boolean
  onWrite: () => void
  slot: EditingSlot
}

/** Everything for changing the text; it is loaded for those who may, after the text is there. */
export const EditingTools = memo(function EditingTools({ region, keysOn, onWrite, slot, ...tools }: Props) {
  const { session, player, root, chosen } = tools
  const { editing, typing, field } = useEditor({ session, player, region, root, keysOn, chosen, onWrite })
  const { write } = editing
  // Before anything is painted: the paragraph and the field in its place must not be seen together.
  useLayoutEffect(() => slot.put({ field, write }), [slot, field, write])
  return <EditTools {...tools} {...{ editing, typing }} />
})
