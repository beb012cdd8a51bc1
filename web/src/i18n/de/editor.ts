import type { Words } from '../words.ts'
import type { editorEn } from '../en/editor.ts'

export const editorDe: Words<typeof editorEn> = {
  title: 'Bearbeiten',
}
