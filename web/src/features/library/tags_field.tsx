import { X } from 'lucide-react'
import { type KeyboardEvent, useId, useState } from 'react'
import { announce } from '@/ui/announcer.tsx'
import { useWords } from './words.ts'

const MOST = 20
export const TAG_LENGTH = 40

interface Props {
  name: string
  tags: readonly string[]
  /** Tags that are in use elsewhere, to choose from. */
  known: readonly string[]
  onChange: (tags: string[]) => void
  /** `toRow`: by a key, so that the focus has to go somewhere. */
  onEnd: (toRow: boolean) => void
}

/** Tags as they are typed: Enter or a comma adds one, Backspace in the empty field takes the last, Escape ends. */
export function TagsField({ name, tags, known, onChange, onEnd }: Props) {
  const words = useWords()
  const id = useId()
  const [typed, setTyped] = useState('')
  const same = (tag: string): ((other: string) => boolean) => (other) => other.toLocaleLowerCase() === tag.toLocaleLowerCase()
  const add = (text: string): void => {
    const tag = text.trim()
    setTyped('')
    if (tag === '' || tags.some(same(tag))) return
    if (tags.length >= MOST) return announce(words.tooManyTags, 'assertive')
    onChange([...tags, tag])
    announce(words.tagged(tag))
  }
  const remove = (tag: string): void => {
    onChange(tags.filter((other) => other !== tag))
    announce(words.untagged(tag))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const last = tags.at(-1)
    if (event.key === 'Enter' || event.key === ',') {
      event.preventDefault()
      add(typed)
    } else if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      onEnd(true)
    } else if (event.key === 'Backspace' && typed === '' && last !== undefined) remove(last)
  }
  return (
    // It holds a field and buttons, and ends when none of them has the focus.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="group"
      aria-label={words.tagsOf(name)}
      className="flex flex-wrap items-center gap-1.5 py-1"
      onBlur={(event) => {
        if (event.currentTarget.contains(event.relatedTarget)) return
        add(typed)
        onEnd(false)
      }}
    >
      {tags.map((tag) => (
        <span key={tag} className="inline-flex items-center rounded-full bg-soft pl-2.5 text-xs">
          {tag}
          <button
            type="button"
            aria-label={words.removeTag(tag)}
            onClick={(event) => (event.currentTarget.closest('[role=group]')?.querySelector('input')?.focus(), remove(tag))}
            className="grid size-6 place-items-center rounded-full hover:bg-sunken max-sm:size-11"
          >
            <X aria-hidden className="size-3.5" />
          </button>
        </span>
      ))}
      <input
        // Whoever chose to edit the tags is here.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        aria-label={words.addTag}
        placeholder={words.addTag}
        aria-describedby={`${id}-hint`}
        list={`${id}-known`}
        maxLength={TAG_LENGTH}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={onKeyDown}
        className="min-h-8 w-40 min-w-0 rounded-control border border-control bg-surface px-2 text-sm max-sm:min-h-11"
      />
      <datalist id={`${id}-known`}>
        {known.filter((tag) => !tags.some(same(tag))).map((tag) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
      <span id={`${id}-hint`} className="text-xs text-muted">
        {words.tagsHint}
      </span>
    </div>
  )
}
