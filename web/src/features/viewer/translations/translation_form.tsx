import { type SubmitEvent, useId, useMemo, useState } from 'react'
import { asBackendError } from '@/backend/backend.ts'
import type { ServerConfig } from '@/backend/facts.ts'
import { type Term, translate, type Translation } from '@/backend/translations.ts'
import type { JobRef } from '@/backend/types.ts'
import { languageName } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Select } from '@/ui/field.tsx'
import { useServices } from '../../services.ts'
import { type GlossaryFault, readGlossary, writeGlossary } from '../glossary.ts'
import type { TranslationWords } from './translation_words.ts'

interface Props {
  jobRef: JobRef
  /** Of the text. */
  language: string | null
  found: readonly Translation[]
  config: ServerConfig
  words: TranslationWords
  onAsked: (asked: Translation) => void
  onClose: () => void
}

/** Into which language, with which terms, and where the text goes for it. */
export function TranslationForm({ jobRef, language, found, config, words, onAsked, onClose }: Props) {
  const all = useText()
  const { apiUrl } = useServices()
  const id = useId()
  const [target, setTarget] = useState('')
  const [glossary, setGlossary] = useState('')
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const choose = (chosen: string): void => {
    const known = found.find((one) => one.language === chosen)
    // Asked for without its terms, one that is there would lose them.
    if (known && glossary === '') setGlossary(writeGlossary(known.glossary))
    setTarget(chosen)
  }
  const ask = async (terms: readonly Term[]): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      onAsked(await translate(apiUrl, jobRef, target, terms))
    } catch (caught) {
      const { code, message } = asBackendError(caught)
      setFault(errorText(all, code, message))
      setBusy(false)
    }
  }
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (busy) return
    const read = readGlossary(glossary)
    if (target === '') setFault(words.choose)
    else if ('fault' in read) setFault(faultIn(read.fault, words))
    else void ask(read.terms)
  }
  return (
    <Dialog title={words.translate} onClose={onClose}>
      <form onSubmit={onSubmit} className="mt-3 grid gap-3 text-sm">
        <Targets {...{ config, language, target, words }} onChoose={choose} />
        <div>
          <label htmlFor={id} className="mb-1 block font-medium">
            {words.glossary}
          </label>
          <textarea
            id={id}
            rows={3}
            value={glossary}
            aria-describedby={`${id}-hint`}
            onChange={(event) => setGlossary(event.target.value)}
            className="w-full rounded-control border border-control bg-surface p-3 text-base"
          />
          <p id={`${id}-hint`} className="mt-1 text-xs text-muted">
            {words.glossaryHint}
          </p>
        </div>
        <WhereTo config={config} words={words} />
        <p role="alert" className="text-danger empty:hidden">
          {fault}
        </p>
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button kind="primary" type="submit" aria-disabled={busy}>
            {words.ask}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

interface TargetsProps extends Pick<Props, 'config' | 'language' | 'words'> {
  target: string
  onChoose: (chosen: string) => void
}

function Targets({ config, language, target, words, onChoose }: TargetsProps) {
  const locale = useLanguage()
  const names = useMemo(
    () =>
      config.languages
        .filter((code) => code !== language)
        .map((code) => ({ code, name: languageName(locale, code) }))
        .sort((a, b) => a.name.localeCompare(b.name, locale)),
    [config, language, locale],
  )
  return (
    <Select label={words.into} value={target} onChange={(event) => onChoose(event.target.value)}>
      <option value="" />
      {names.map(({ code, name }) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </Select>
  )
}

/** Said before anything goes there. */
function WhereTo({ config: { translator }, words }: Pick<Props, 'config' | 'words'>) {
  if (!translator) return null
  const { model, sent_to: host } = translator
  return <p>{host === null ? words.staysHere(model) : words.sentTo(host, model)}</p>
}

function faultIn(fault: GlossaryFault, words: TranslationWords): string {
  switch (fault.kind) {
    case 'no-term':
      return words.noTerm(fault.line)
    case 'too-long':
      return words.tooLong(fault.line)
    case 'two':
      return words.twice(fault.term)
    case 'too-many':
      return words.tooMany(fault.most)
  }
}
