import { Download, FileArchive } from 'lucide-react'
import { Suspense, useState } from 'react'
import { asBackendError, type BackendError } from '@/backend/backend.ts'
import { downloadMany } from '@/backend/library.ts'
import type { JobRef } from '@/backend/types.ts'
import { bytes } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import { saveFile } from '@/ui/save_file.ts'
import { useServerConfig, useServices } from '../services.ts'
import { ExportChoices } from './choices.tsx'
import { askedOfAll, type Chosen } from './chosen.ts'
import { FormatChoice } from './format_choice.tsx'
import { type Made, useFile, useFormats } from './use_file.ts'
import { useVersions } from './versions.ts'
import { useWords } from './words.ts'

const Videos = lazyChunk(() => import('./videos.tsx'), 'Videos')

interface Props {
  jobRef: JobRef
  name: string
  /** People have changed the text: what it was can be had too. */
  edited: boolean
  /** The one that is on the screen; '' is the job's own. */
  profile: string
  /** Archives are of one's own jobs. */
  guest: boolean
  onClose: () => void
}

/** Every format and every choice of a text, and how the file begins that a press on Download saves. */
export function ExportPanel({ jobRef, name, edited, profile, guest, onClose }: Props) {
  const text = useText()
  const words = useWords()
  const { apiUrl } = useServices()
  const kinds = useServerConfig()?.videos ?? []
  const formats = useFormats()
  const versions = useVersions(jobRef, edited)
  const [chosen, setChosen] = useState<Chosen>({ format: 'srt', profile, revision: null, rows: 'cues', switches: {} })
  const [refused, setRefused] = useState<BackendError | null>(null)
  const { made, fault } = useFile(jobRef, chosen, formats)
  const wrong = refused ?? fault
  const change = (part: Partial<Chosen>): void => {
    setRefused(null)
    setChosen((now) => ({ ...now, ...part }))
  }
  const save = (): void => {
    if (!made) return
    saveFile(made.file.blob, made.file.filename)
    announce(words.saved(made.file.filename))
  }
  const saveAll = async (): Promise<void> => {
    try {
      const choices = askedOfAll(chosen)
      const { blob } = await downloadMany(apiUrl, jobRef.token, [jobRef.id], 'all', { choices, ...(chosen.profile ? { profile: chosen.profile } : {}) })
      const filename = `${name.replace(/\.[^.]{1,5}$/, '')}.zip`
      saveFile(blob, filename)
      setRefused(null)
      announce(words.saved(filename))
    } catch (error) {
      setRefused(asBackendError(error))
    }
  }
  return (
    <Dialog wide title={words.title(name)} onClose={onClose}>
      <div className="mt-4 grid grid-cols-1 gap-4">
        <FormatChoice {...{ formats }} chosen={chosen.format} onChoose={(format) => change({ format })} />
        {formats && <ExportChoices {...{ chosen, formats, versions }} onChange={change} />}
        {wrong ? (
          <p role="alert" className="text-sm text-danger">
            {errorText(text, wrong.code, wrong.message)}
          </p>
        ) : (
          <Preview made={made} />
        )}
        <div className="flex flex-wrap items-center justify-end gap-2">
          {!guest && (
            <Button className="mr-auto" onClick={() => void saveAll()}>
              <FileArchive aria-hidden className="size-4" />
              {chosen.revision === null ? words.all : words.allNewest}
            </Button>
          )}
          <Button onClick={onClose}>{words.close}</Button>
          <Button kind="primary" disabled={!made} onClick={save}>
            <Download aria-hidden className="size-4" />
            {words.save}
          </Button>
        </div>
        {!guest && kinds.length > 0 && <Suspense><Videos {...{ jobRef, kinds }} profile={chosen.profile} /></Suspense>}
      </div>
    </Dialog>
  )
}

function Preview({ made }: { made: Made | null }) {
  const words = useWords()
  const locale = useLanguage()
  return (
    <figure className="min-w-0" aria-busy={made === null}>
      <figcaption className="mb-1 flex flex-wrap gap-x-2 text-sm">
        <span className="font-medium">{words.preview}</span>
        <span className="text-muted">{made ? words.file(made.file.filename, bytes(locale, made.file.blob.size)) : words.previewBusy}</span>
      </figcaption>
      {/* What scrolls is reached by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} aria-label={words.preview} className="h-44 overflow-auto rounded-control border border-line bg-sunken p-3 text-xs whitespace-pre-wrap" translate="no">
        {made && (made.begins ?? words.previewNone)}
      </pre>
    </figure>
  )
}
