import { type KeyboardEvent, useLayoutEffect, useRef } from 'react'
import type { Pair } from '@/backend/translations.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { shownOf, type Unsaved } from './sentences.ts'
import type { TranslationWords } from './translation_words.ts'

/** Where the focus goes from a field: to its sentence, or into the one before or behind. */
export type Going = 'stay' | 'before' | 'behind' | 'away'

interface Props {
  pair: Pair
  /** BCP 47, of the original and of the translation. */
  languages: [string, string]
  words: TranslationWords
  unsaved: Unsaved | undefined
  /** Null: this reader may not write. */
  onOpen: (() => void) | null
  onSettled: () => void
}

/** A sentence of the translation, to be pressed by whoever may put it into other words. */
export function SentenceCell({ pair, languages, words, unsaved, onOpen, onSettled }: Props) {
  const all = useText()
  const lang = pair.text === null && !unsaved ? languages[0] : languages[1]
  const shown = unsaved?.text ?? shownOf(pair)
  const why = unsaved && (unsaved.fault ? errorText(all, unsaved.fault.code, unsaved.fault.message) : words.unsavedBeside(unsaved.theirs ?? ''))
  const waits = unsaved && !unsaved.fault && unsaved.theirs === undefined
  return (
    <>
      {onOpen ? (
        <button
          type="button"
          lang={lang}
          data-sentence={pair.seq}
          onClick={onOpen}
          className="w-full rounded-control py-2 text-left hover:bg-sunken max-sm:min-h-11"
        >
          {shown}
        </button>
      ) : (
        <span lang={lang} className="block py-2">
          {shown}
        </span>
      )}
      {marksOf(pair, words).map((mark) => (
        <span key={mark} className="block text-xs text-warn">
          {mark}
        </span>
      ))}
      {why && !waits && (
        <span role="alert" className="block text-xs text-danger">
          {words.unsaved} {why}
        </span>
      )}
      {pair.to_check && onOpen && (
        <Button small kind="quiet" onClick={onSettled} aria-label={words.stillRightOf(shown)}>
          {words.stillRight}
        </Button>
      )}
    </>
  )
}

interface FieldProps {
  pair: Pair
  language: string
  words: TranslationWords
  text: string
  /** `text` is null where it is left as it was. */
  onLeave: (text: string | null, going: Going) => void
}

/** Enter saves, Escape leaves, Tab saves and goes on. */
export function SentenceField({ pair, language, words, text, onLeave }: FieldProps) {
  const field = useRef<HTMLTextAreaElement>(null)
  const left = useRef(false)
  useLayoutEffect(() => {
    const element = field.current
    element?.focus()
    element?.setSelectionRange(element.value.length, element.value.length)
  }, [])
  const leave = (keeps: boolean, going: Going): void => {
    if (left.current) return
    left.current = true
    const written = (field.current?.value ?? '').trim().replace(/\s+/gu, ' ')
    onLeave(keeps && written !== '' ? written : null, going)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    const { key, shiftKey, nativeEvent } = event
    if (nativeEvent.isComposing || !['Enter', 'Escape', 'Tab'].includes(key)) return
    event.preventDefault() // and the dialog stays open
    event.stopPropagation()
    if (key === 'Tab') leave(true, shiftKey ? 'before' : 'behind')
    else leave(key === 'Enter', 'stay')
  }
  return (
    <textarea
      ref={field}
      rows={Math.ceil(text.length / 24) + 1}
      defaultValue={text}
      lang={language}
      spellCheck
      aria-label={words.fieldOf(pair.source)}
      onKeyDown={onKeyDown}
      onBlur={() => leave(true, 'away')}
      className="w-full rounded-control border border-control bg-surface px-2 py-2 text-base"
    />
  )
}

function marksOf(pair: Pair, words: TranslationWords): string[] {
  return [
    ...(pair.stale ? [words.isStale] : []),
    ...(pair.to_check ? [words.isToCheck] : []),
    ...(pair.state === 'untranslated' && !pair.corrected ? [words.isUntranslated] : []),
    ...(pair.doubts.length > 0 ? [words.isDoubtful(pair.doubts.map(({ target }) => target).join(', '))] : []),
  ]
}
