import { useId, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { Pair, Translation } from '@/backend/translations.ts'
import type { JobRef } from '@/backend/types.ts'
import { clock, languageName } from '@/i18n/format.ts'
import { useLanguage } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { type Going, SentenceCell, SentenceField } from './sentence_cell.tsx'
import { shownOf, useSentences } from './sentences.ts'
import type { TranslationWords } from './translation_words.ts'

interface Props {
  jobRef: JobRef
  of: Translation
  words: TranslationWords
  /** Whether this reader may put sentences into other words. */
  own: boolean
  onSeek: (ms: number) => void
  onFault: (fault: unknown) => void
  /** The translation is another one. */
  onSaved: () => void
  onClose: () => void
}

/** Each sentence beside the original, and in other words where somebody knows better. */
export function SideBySide({ jobRef, of, words, own, onSeek, onFault, onSaved, onClose }: Props) {
  const called = languageName(useLanguage(), of.language)
  const hint = useId()
  const { pairs, unsaved, save, drop } = useSentences(jobRef, of.language, (fault) => {
    onFault(fault)
    onClose()
  })
  const [writing, setWriting] = useState<number | null>(null)
  const body = useRef<HTMLTableSectionElement>(null)
  const saveOne = async (pair: Pair, text: string): Promise<void> => {
    if (!(await save(pair, text))) return
    announce(words.saved)
    onSaved()
  }
  const leave = (pair: Pair, text: string | null, going: Going): void => {
    if (text !== null && text !== shownOf(pair)) void saveOne(pair, text)
    else if (text !== null && unsaved.has(pair.seq)) drop(pair)
    const place = pairs.findIndex(({ seq }) => seq === pair.seq)
    const next = going === 'before' || going === 'behind' ? pairs[place + (going === 'before' ? -1 : 1)] : undefined
    flushSync(() => setWriting((now) => next?.seq ?? (now === pair.seq ? null : now)))
    if (going !== 'away' && !next) body.current?.querySelector<HTMLElement>(`[data-sentence="${pair.seq}"]`)?.focus()
  }
  return (
    <Dialog wide title={words.beside(called)} onClose={onClose}>
      {own && (
        <p id={hint} className="mt-2 text-sm text-muted">
          {words.how}
        </p>
      )}
      <table aria-describedby={own ? hint : undefined} className="mt-3 w-full table-fixed text-sm">
        <thead className="text-left text-xs text-muted">
          <tr>
            <th className="w-16 py-1 font-medium">{words.at}</th>
            <th className="py-1 pr-3 font-medium">{words.original}</th>
            <th className="py-1 font-medium">{called}</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {pairs.map((pair) => (
            <tr key={pair.seq} className="border-t border-line align-top [contain-intrinsic-size:auto_3rem] [content-visibility:auto]">
              <td className="py-1">
                {pair.start_ms !== null && (
                  <Button kind="quiet" small aria-label={words.listen(clock(pair.start_ms))} onClick={() => onSeek(pair.start_ms ?? 0)}>
                    {clock(pair.start_ms)}
                  </Button>
                )}
              </td>
              <td lang={of.source_language} className="py-2 pr-3">
                {pair.source}
              </td>
              <td>
                {writing === pair.seq ? (
                  <SentenceField
                    {...{ pair, words }}
                    language={of.language}
                    text={unsaved.get(pair.seq)?.text ?? shownOf(pair)}
                    onLeave={(text, going) => leave(pair, text, going)}
                  />
                ) : (
                  <SentenceCell
                    {...{ pair, words }}
                    languages={[of.source_language, of.language]}
                    unsaved={unsaved.get(pair.seq)}
                    onOpen={own ? () => flushSync(() => setWriting(pair.seq)) : null}
                    onSettled={() => void saveOne(pair, shownOf(pair))}
                  />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="mt-4 flex justify-end">
        <Button onClick={onClose}>{words.close}</Button>
      </div>
    </Dialog>
  )
}
