/** The keys of the caption editor, for the sheet: they are obeyed in its fields (features/editor/captions). */
import type { captionsEn } from '@/i18n/en/captions.ts'
import type { Stroke } from '../keyboard/keymap.ts'

interface CaptionKeys {
  action: Exclude<keyof typeof captionsEn.keys, 'title'>
  reading: readonly Stroke[]
  typing: readonly Stroke[]
}

export const CAPTION_KEYS: readonly CaptionKeys[] = [
  { action: 'edit', reading: [{ code: 'KeyE' }], typing: [] },
  { action: 'line', reading: [], typing: [{ code: 'Enter' }] },
  { action: 'split', reading: [], typing: [{ code: 'Enter', primary: true }] },
  { action: 'join', reading: [], typing: [{ code: 'Backspace' }] },
  { action: 'beside', reading: [], typing: [{ code: 'ArrowUp', primary: true }, { code: 'ArrowDown', primary: true }] },
  { action: 'start', reading: [{ code: '[' }], typing: [{ code: '[', alt: true }] },
  { action: 'end', reading: [{ code: ']' }], typing: [{ code: ']', alt: true }] },
  { action: 'frame', reading: [], typing: [{ code: 'ArrowLeft', alt: true }, { code: 'ArrowRight', alt: true }] },
  { action: 'zoom', reading: [{ code: '+' }, { code: '−' }], typing: [] },
]
