import type { Translation } from '@/backend/translations.ts'
import { languageName } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { Progress } from '@/ui/progress.tsx'
import { isUnderway } from './listed_translations.ts'
import type { TranslationWords } from './translation_words.ts'

interface Props {
  one: Translation
  words: TranslationWords
  onSave: () => void
  onOpen: () => void
  /** Null: not for this reader, or not on this server. */
  onAnew: (() => void) | null
  onDelete: (() => void) | null
}

/** A language: how far it is, what of it is not to be trusted, and what may be done with it. */
export function TranslationRow({ one, words, onSave, onOpen, onAnew, onDelete }: Props) {
  const all = useText()
  const called = languageName(useLanguage(), one.language)
  const underway = isUnderway(one)
  const told = [
    underway && words.working(one.progress),
    one.error_code !== null && errorText(all, one.error_code, one.error),
    one.untranslated > 0 && words.untranslated(one.untranslated),
    one.doubtful > 0 && words.doubtful(one.doubtful),
    one.stale > 0 && words.stale(one.stale),
    one.added > 0 && words.added(one.added),
    one.corrected > 0 && words.corrected(one.corrected),
    one.to_check > 0 && words.toCheck(one.to_check),
  ].filter((line): line is string => typeof line === 'string')
  const goesOn = one.state === 'failed'
  const another = one.stale + one.added > 0 || (one.untranslated > 0 && one.revision === 0)
  const mayAnew = goesOn || (one.state === 'completed' && another)
  return (
    <li className="flex flex-wrap items-center gap-2" data-translation={one.language}>
      <span className="mr-auto font-medium">{called}</span>
      {one.state === 'completed' && (
        <>
          <Button kind="quiet" small aria-label={words.openOf(called)} onClick={onOpen}>
            {words.open}
          </Button>
          <Button small aria-label={words.saveOf(called)} onClick={onSave}>
            {words.save}
          </Button>
        </>
      )}
      {onAnew && mayAnew && (
        <Button small aria-label={goesOn ? words.goOnOf(called) : words.anewOf(called)} onClick={onAnew}>
          {goesOn ? words.goOn : words.anew}
        </Button>
      )}
      {onDelete && (
        <Button kind="quiet" small aria-label={words.deleteOf(called)} onClick={onDelete}>
          {words.delete}
        </Button>
      )}
      {underway && <Progress label={called} share={one.progress / 100} text={words.working(one.progress)} />}
      {told.map((line) => (
        <p key={line} className="w-full text-muted">
          {line}
        </p>
      ))}
    </li>
  )
}
