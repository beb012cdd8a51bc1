/** What it takes to change a text, and to keep what was changed. Nobody needs it to read, so it comes behind the text. */
export { Autosave } from './autosave.ts'
export { difference } from './document.ts'
export { browserDrafts } from './draft.ts'
export { Editing } from './editing.ts'
export { reconcile } from './reconcile.ts'
