import { useId, useRef, useState } from 'react'
import { useWords } from './words.ts'

const LENGTH = 200

interface Props {
  name: string
  filename: string
  /** Null: the name of the file. */
  onSave: (title: string | null) => void
  /** `toRow`: by a key, so that the focus has to go somewhere. */
  onEnd: (toRow: boolean) => void
}

/** A name in its own place: Enter or leaving it saves, Escape does not. */
export function TitleField({ name, filename, onSave, onEnd }: Props) {
  const words = useWords()
  const id = useId()
  const [text, setText] = useState(name)
  const over = useRef(false)
  const end = (save: boolean, toRow: boolean): void => {
    if (over.current) return
    over.current = true
    const title = text.trim()
    if (save && title !== name) onSave(title === '' || title === filename ? null : title)
    onEnd(toRow)
  }
  return (
    <div className="py-0.5">
      <input
        // Whoever chose to rename is here.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        aria-label={words.renameOf(name)}
        aria-describedby={`${id}-hint`}
        value={text}
        maxLength={LENGTH}
        placeholder={filename}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== 'Escape') return
          event.preventDefault()
          event.stopPropagation()
          end(event.key === 'Enter', true)
        }}
        onBlur={() => end(true, false)}
        className="min-h-8 w-full min-w-0 rounded-control border border-control bg-surface px-2 text-sm font-semibold max-sm:min-h-11"
      />
      <p id={`${id}-hint`} className="text-xs text-muted">
        {words.renameHint}
      </p>
    </div>
  )
}
