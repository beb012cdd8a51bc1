import { useEffect, useState } from 'react'
import { type Pair, pairsOf, type Translation } from '@/backend/translations.ts'
import type { JobRef } from '@/backend/types.ts'
import { clock, languageName } from '@/i18n/format.ts'
import { useLanguage } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { useServices } from '../services.ts'
import type { TranslationWords } from './translation_words.ts'

interface Props {
  jobRef: JobRef
  of: Translation
  words: TranslationWords
  onSeek: (ms: number) => void
  onFault: (fault: unknown) => void
  onClose: () => void
}

/** Each sentence beside the original. */
export function SideBySide({ jobRef, of, words, onSeek, onFault, onClose }: Props) {
  const { apiUrl } = useServices()
  const called = languageName(useLanguage(), of.language)
  const [pairs, setPairs] = useState<readonly Pair[]>([])
  const { id, token } = jobRef
  useEffect(() => {
    let left = false
    pairsOf(apiUrl, { id, token }, of.language).then(
      (found) => !left && setPairs(found),
      (fault: unknown) => {
        if (left) return
        onFault(fault)
        onClose()
      },
    )
    return () => void (left = true)
    // What is told of a fault is not what this depends on.
  }, [apiUrl, id, token, of.language]) // eslint-disable-line react-hooks/exhaustive-deps
  return (
    <Dialog wide title={words.beside(called)} onClose={onClose}>
      <table className="mt-3 w-full table-fixed text-sm">
        <thead className="text-left text-xs text-muted">
          <tr>
            <th className="w-16 py-1 font-medium">{words.at}</th>
            <th className="py-1 pr-3 font-medium">{words.original}</th>
            <th className="py-1 font-medium">{called}</th>
          </tr>
        </thead>
        <tbody>
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
              <td className="py-2">
                <span lang={pair.text === null ? of.source_language : of.language}>{pair.text ?? pair.source}</span>
                {marksOf(pair, words).map((mark) => (
                  <span key={mark} className="block text-xs text-warn">
                    {mark}
                  </span>
                ))}
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

function marksOf(pair: Pair, words: TranslationWords): string[] {
  return [
    ...(pair.stale ? [words.isStale] : []),
    ...(pair.state === 'untranslated' ? [words.isUntranslated] : []),
    ...(pair.doubts.length > 0 ? [words.isDoubtful(pair.doubts.map(({ target }) => target).join(', '))] : []),
  ]
}
