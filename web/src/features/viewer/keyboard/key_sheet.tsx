import { Fragment, useEffect, useState } from 'react'
import { captionsDe } from '@/i18n/de/captions.ts'
import { keysDe } from '@/i18n/de/keys.ts'
import { captionsEn } from '@/i18n/en/captions.ts'
import { keysEn } from '@/i18n/en/keys.ts'
import { type Language, useLanguage, useText } from '@/i18n/language.ts'
import type { Words } from '@/i18n/words.ts'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { CAPTION_KEYS } from '../captions/caption_keys.ts'
import { KEYMAP, type Stroke } from './keymap.ts'

const WORDS: Record<Language, Words<typeof keysEn>> = { en: keysEn, de: keysDe }
const CAPTION_WORDS: Record<Language, Words<typeof captionsEn>> = { en: captionsEn, de: captionsDe }

interface Props {
  /** The keys of editing too. */
  editing: boolean
  on: boolean
  onSwitch: (on: boolean) => void
  onClose: () => void
}

/** All keys, made of the table that the viewer obeys. */
export function KeySheet({ editing, on, onSwitch, onClose }: Props) {
  const { viewer: text, app } = useText()
  const language = useLanguage()
  const words = WORDS[language]
  const { keys: captions } = CAPTION_WORDS[language]
  const legends = useLegends()
  const rows = KEYMAP.filter((keys) => editing || (!keys.editing && keys.reading.length > 0))
  const written = (strokes: readonly Stroke[]) =>
    strokes.map((stroke, at) => (
      <Fragment key={at}>
        {at > 0 && ` ${words.or} `}
        <kbd className="rounded-control border border-control bg-sunken px-1.5 font-sans text-xs whitespace-nowrap">
          {spell(stroke, legends, words.names)}
        </kbd>
      </Fragment>
    ))
  const row = (key: string, name: string, reading: readonly Stroke[], typing: readonly Stroke[]) => (
    <tr key={key} className="border-t border-line">
      <th className="py-1.5 pr-2 text-left font-normal">{name}</th>
      <td className="py-1.5 pr-2">{written(reading)}</td>
      {editing && <td className="py-1.5">{written(typing)}</td>}
    </tr>
  )
  return (
    <Dialog wide title={text.keys} onClose={onClose}>
      <label className="mt-2 flex min-h-11 items-center gap-2 text-sm">
        <input type="checkbox" checked={on} onChange={(event) => onSwitch(event.target.checked)} className="size-4" />
        {words.singleKeys}
      </label>
      <table className="mt-2 w-full text-sm">
        <thead className="text-left text-xs text-muted">
          <tr>
            <th className="py-1 pr-2 font-medium">{words.action}</th>
            <th className="py-1 pr-2 font-medium">{words.reading}</th>
            {editing && <th className="py-1 font-medium">{words.typing}</th>}
          </tr>
        </thead>
        <tbody>{rows.map(({ action, reading, typing }) => row(action, words.actions[action], reading, typing))}</tbody>
        {editing && (
          <tbody>
            <tr>
              <th colSpan={3} scope="rowgroup" className="pt-4 pb-1 text-left text-xs font-medium text-muted">
                {captions.title}
              </th>
            </tr>
            {CAPTION_KEYS.map(({ action, reading, typing }) => row(`captions ${action}`, captions[action], reading, typing))}
          </tbody>
        )}
      </table>
      <p className="mt-4 flex justify-end">
        <Button onClick={onClose}>{app.close}</Button>
      </p>
    </Dialog>
  )
}

type Legends = ReadonlyMap<string, string>

/** What is printed on the keys of this keyboard, where the browser tells. */
function useLegends(): Legends | null {
  const [legends, setLegends] = useState<Legends | null>(null)
  useEffect(() => {
    const { keyboard } = navigator as { keyboard?: { getLayoutMap: () => Promise<Legends> } }
    // It is refused in frames of others; then the letters of the codes are shown.
    keyboard?.getLayoutMap().then(setLegends, () => undefined)
  }, [])
  return legends
}

const SIGNS: Record<string, string> = {
  ...{ ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Comma: ',', Period: '.', '1': '1…9', Digit1: '1…9' },
}

export function spell({ code, shift, alt, primary }: Stroke, legends: Legends | null, names: Record<string, string>): string {
  const mac = /Mac|iPhone|iPad/.test(navigator.userAgent)
  const legend = names[code] ?? SIGNS[code] ?? legends?.get(code)?.toUpperCase() ?? code.replace(/^Key/, '')
  const modifiers = [primary && (mac ? '⌘' : names['Control']), alt && (mac ? '⌥' : 'Alt'), shift && names['Shift']]
  return [...modifiers.filter(Boolean), legend].join(' + ')
}
