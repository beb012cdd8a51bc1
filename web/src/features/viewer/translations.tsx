import { useEffect, useState } from 'react'
import { asBackendError } from '@/backend/backend.ts'
import { type Pair, pairsOf, subtitlesIn, type Translation, translations } from '@/backend/translations.ts'
import type { JobRef } from '@/backend/types.ts'
import { translationsDe } from '@/i18n/de/translations.ts'
import { translationsEn } from '@/i18n/en/translations.ts'
import { clock } from '@/i18n/format.ts'
import { errorText, type Language, useLanguage, useText } from '@/i18n/language.ts'
import type { Words } from '@/i18n/words.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { saveFile } from '@/ui/save_file.ts'
import { useServices } from '../services.ts'

type TranslationWords = Words<typeof translationsEn>
const WORDS: Record<Language, TranslationWords> = { en: translationsEn, de: translationsDe }

interface Props {
  jobRef: JobRef
  name: string
  /** Changes with the text, and with it what is stale. */
  revision: number
  onSeek: (ms: number) => void
}

/** The languages that there are of a text. Nothing where there is none, and where a server knows of none. */
export function Translations({ jobRef, name, revision, onSeek }: Props) {
  const all = useText()
  const words = WORDS[useLanguage()]
  const { apiUrl } = useServices()
  const { id, token } = jobRef
  const [found, setFound] = useState<readonly Translation[]>([])
  const [open, setOpen] = useState<Translation | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  useEffect(() => {
    let left = false
    translations(apiUrl, { id, token }).then(
      (listed) => !left && setFound(listed),
      () => undefined, // it is one thing more, and an older server has no such thing
    )
    return () => void (left = true)
  }, [apiUrl, id, token, revision])
  if (found.length === 0) return null
  const fail = (caught: unknown): void => {
    const { code, message } = asBackendError(caught)
    const sentence = errorText(all, code, message)
    setFault(sentence)
    announce(sentence, 'assertive')
  }
  const save = async ({ language }: Translation): Promise<void> => {
    try {
      const { blob, filename } = await subtitlesIn(apiUrl, jobRef, language, name)
      saveFile(blob, filename)
      setFault(null)
    } catch (caught) {
      fail(caught)
    }
  }
  return (
    <section aria-label={words.title} className="grid gap-2 rounded-card border border-line bg-surface p-4 text-sm">
      <h2 className="font-semibold">{words.title}</h2>
      <ul className="grid gap-2">
        {found.map((one) => (
          <Row key={one.language} one={one} words={words} onSave={() => void save(one)} onOpen={() => setOpen(one)} />
        ))}
      </ul>
      {fault && <p className="text-danger">{fault}</p>}
      {open && <SideBySide {...{ jobRef, words, onSeek }} of={open} onFault={fail} onClose={() => setOpen(null)} />}
    </section>
  )
}

function Row({ one, words, onSave, onOpen }: { one: Translation; words: TranslationWords; onSave: () => void; onOpen: () => void }) {
  const called = useCalled(one.language)
  const told = [
    one.state !== 'completed' && one.state !== 'failed' && words.working(one.progress),
    one.error,
    one.untranslated > 0 && words.untranslated(one.untranslated),
    one.doubtful > 0 && words.doubtful(one.doubtful),
    one.stale > 0 && words.stale(one.stale),
  ].filter((line): line is string => typeof line === 'string')
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
      {told.map((line) => (
        <p key={line} className="w-full text-muted">
          {line}
        </p>
      ))}
    </li>
  )
}

interface SideBySideProps {
  jobRef: JobRef
  of: Translation
  words: TranslationWords
  onSeek: (ms: number) => void
  onFault: (fault: unknown) => void
  onClose: () => void
}

function SideBySide({ jobRef, of, words, onSeek, onFault, onClose }: SideBySideProps) {
  const { apiUrl } = useServices()
  const called = useCalled(of.language)
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

/** As people call it in the language of the page. */
function useCalled(language: string): string {
  const page = useLanguage()
  return new Intl.DisplayNames([page], { type: 'language' }).of(language) ?? language
}
