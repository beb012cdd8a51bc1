import { useId } from 'react'
import type { Formats } from '@/backend/types.ts'
import { EVERYDAY, otherFormats } from './chosen.ts'
import { useWords } from './words.ts'

interface Props {
  chosen: string
  formats: Formats | null
  onChoose: (name: string) => void
}

/** Everyday formats first; the others are folded away until somebody wants one. */
export function FormatChoice({ chosen, formats, onChoose }: Props) {
  const words = useWords()
  const others = otherFormats(formats)
  const entries = (names: readonly string[]) => (
    <div className="grid gap-x-2 sm:grid-cols-2">
      {names.map((name) => (
        <Entry key={name} {...{ name, formats }} chosen={name === chosen} onChoose={onChoose} />
      ))}
    </div>
  )
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-sm font-medium">{words.format}</legend>
      {entries(EVERYDAY)}
      {others.length > 0 && (
        <details>
          <summary className="flex min-h-10 cursor-pointer items-center px-2 text-sm font-medium text-accent underline max-sm:min-h-11">{words.more}</summary>
          {entries(others)}
        </details>
      )}
    </fieldset>
  )
}

interface EntryProps {
  name: string
  formats: Formats | null
  chosen: boolean
  onChoose: (name: string) => void
}

function Entry({ name, formats, chosen, onChoose }: EntryProps) {
  const id = useId()
  const words = useWords()
  const names: Partial<Record<string, string>> = words.formats
  const about: Partial<Record<string, string>> = words.about
  const known = formats?.formats.find((one) => one.name === name)
  return (
    <label htmlFor={id} className="flex min-h-11 gap-2 rounded-control px-2 py-1.5 hover:bg-sunken has-checked:bg-soft">
      <input
        id={id}
        type="radio"
        name="export-format"
        aria-labelledby={`${id}-name`}
        aria-describedby={`${id}-about`}
        className="mt-0.5 size-4 shrink-0 accent-accent"
        checked={chosen}
        onChange={() => onChoose(name)}
      />
      <span className="min-w-0 text-sm">
        <span id={`${id}-name`} className="font-medium">
          {names[name] ?? known?.suffix ?? name}
        </span>
        <span id={`${id}-about`} className="block text-xs text-muted">
          {about[name] ?? known?.description}
        </span>
      </span>
    </label>
  )
}
