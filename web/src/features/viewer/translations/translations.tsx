import { Languages } from 'lucide-react'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { createPortal, flushSync } from 'react-dom'
import { asBackendError } from '@/backend/backend.ts'
import { deleteTranslation, subtitlesIn, translate, type Translation } from '@/backend/translations.ts'
import type { JobRef } from '@/backend/types.ts'
import { languageName } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import { announce, tell } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { saveFile } from '@/ui/save_file.ts'
import { useServerConfig, useServices } from '../../services.ts'
import { isUnderway, useListedTranslations } from './listed_translations.ts'
import { SideBySide } from './side_by_side.tsx'
import { TranslationForm } from './translation_form.tsx'
import { TranslationRow } from './translation_row.tsx'
import { type TranslationWords, useTranslationWords } from './translation_words.ts'

interface Props {
  jobRef: JobRef
  name: string
  /** Of the text. */
  language: string | null
  /** Changes with the text, and with it what is stale. */
  revision: number
  /** Whether this reader may have one made, and delete it. */
  own: boolean
  /** Where in the toolbar one asks for a translation. */
  tool: HTMLElement | null
  onSeek: (ms: number) => void
}

/** The languages that there are of a text, and the way to more of them where the server has a translator. No list where there
 *  are none, and where a server knows of none. */
export function Translations({ jobRef, name, language, revision, own, tool, onSeek }: Props) {
  const all = useText()
  const words = useTranslationWords()
  const locale = useLanguage()
  const { apiUrl } = useServices()
  const config = useServerConfig()
  const { found, put, again } = useListedTranslations(jobRef, revision)
  const [open, setOpen] = useState<Translation | null>(null)
  const [asking, setAsking] = useState(false)
  const [deleting, setDeleting] = useState<Translation | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const [section, opener] = [useRef<HTMLElement>(null), useRef<HTMLButtonElement>(null)]
  useToldWhenReady(found, words, locale)
  const fail = (caught: unknown): void => {
    const { code, message } = asBackendError(caught)
    const sentence = errorText(all, code, message)
    setFault(sentence)
    announce(sentence, 'assertive')
  }
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
      setFault(null)
    } catch (caught) {
      fail(caught)
    }
  }
  const asked = (one: Translation): void => {
    setAsking(false)
    put([...found.filter((other) => other.language !== one.language), one])
    tell(words.asked(languageName(locale, one.language)))
    again()
  }
  const save = async ({ language: into }: Translation): Promise<void> => {
    const { blob, filename } = await subtitlesIn(apiUrl, jobRef, into, name)
    saveFile(blob, filename)
  }
  const remove = async (one: Translation): Promise<void> => {
    await deleteTranslation(apiUrl, jobRef, one.language)
    flushSync(() => put(found.filter((other) => other.language !== one.language)))
    const place = section.current ?? opener.current
    place?.focus()
    tell(words.deleted(languageName(locale, one.language)))
    again()
  }
  const offers = own && config?.translator ? config : null
  return (
    <>
      {offers && tool && createPortal(<AskButton label={words.translate} opener={opener} onAsk={() => setAsking(true)} />, tool)}
      {offers && asking && <TranslationForm {...{ jobRef, language, found, words }} config={offers} onAsked={asked} onClose={() => setAsking(false)} />}
      {found.length > 0 && (
        <section ref={section} tabIndex={-1} aria-label={words.title} className="grid gap-2 rounded-card border border-line bg-surface p-4 text-sm">
          <h2 className="font-semibold">{words.title}</h2>
          <ul className="grid gap-2">
            {found.map((one) => (
              <TranslationRow
                key={one.language}
                {...{ one, words }}
                onSave={() => void attempt(() => save(one))}
                onOpen={() => setOpen(one)}
                onAnew={offers && (() => void attempt(async () => asked(await translate(apiUrl, jobRef, one.language, one.glossary))))}
                onDelete={own ? () => setDeleting(one) : null}
              />
            ))}
          </ul>
          {fault && <p className="text-danger">{fault}</p>}
        </section>
      )}
      {open && <SideBySide {...{ jobRef, words, own, onSeek }} of={open} onFault={fail} onSaved={again} onClose={() => setOpen(null)} />}
      {deleting && (
        <DeleteQuestion
          title={words.deleteAsk(languageName(locale, deleting.language))}
          words={words}
          onClose={() => setDeleting(null)}
          onDelete={() => {
            setDeleting(null)
            void attempt(() => remove(deleting))
          }}
        />
      )}
    </>
  )
}

function AskButton({ label, opener, onAsk }: { label: string; opener: RefObject<HTMLButtonElement | null>; onAsk: () => void }) {
  return (
    <Button ref={opener} kind="quiet" small aria-label={label} title={label} onClick={onAsk} className="max-sm:min-w-11">
      <Languages aria-hidden className="size-5" />
    </Button>
  )
}

interface QuestionProps {
  title: string
  words: TranslationWords
  onClose: () => void
  onDelete: () => void
}

function DeleteQuestion({ title, words, onClose, onDelete }: QuestionProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="mt-2 text-sm">{words.deleteAbout}</p>
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{words.cancel}</Button>
        <Button kind="danger" onClick={onDelete}>
          {words.deleteYes}
        </Button>
      </div>
    </Dialog>
  )
}

/** For ears: one that was being made here is there. */
function useToldWhenReady(found: readonly Translation[], words: TranslationWords, locale: string): void {
  const before = useRef<readonly Translation[]>([])
  useEffect(() => {
    const made = new Set(before.current.filter(isUnderway).map(({ language }) => language))
    before.current = found
    for (const { language, state } of found) {
      if (state === 'completed' && made.has(language)) announce(words.ready(languageName(locale, language)))
    }
  }, [found, words, locale])
}
