import { Upload as UploadIcon } from 'lucide-react'
import { Suspense, useEffect, useRef, useState } from 'react'
import { bytes } from '@/i18n/format.ts'
import { useLanguage, useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import type { Chosen, Wish } from '@/upload/task.ts'
import { useIdentity, useServerConfig, useServices, useUploads } from '../services.ts'
import { ClosingNote } from './closing_note.tsx'
import { filesOf } from './dropped.ts'
import { useEstimates } from './estimates.ts'
import { fitting, readWish, rememberWish } from './options.ts'
import { canPick, pick } from '@/upload/picker.ts'
import { useFullQueue } from './queue_note.ts'
import { UploadRow } from './row.tsx'
import { SettingsCard } from './settings_card.tsx'

const Gate = lazyChunk(() => import('../account/gate.tsx'), 'Gate')

interface Props {
  onSubmit: () => void
  onViewJobs: () => void
}

export function UploadPage({ onSubmit, onViewJobs }: Props) {
  const messages = useText()
  const locale = useLanguage()
  const { upload: text } = messages
  const { uploads: engine } = useServices()
  const config = useServerConfig()
  const uploads = useUploads()
  const [chosen, setChosen] = useState<Wish>(readWish)
  const wish = fitting(chosen, config)
  const picker = useRef<HTMLInputElement>(null)
  const files = useRef<HTMLElement>(null)
  const ready = uploads.filter((one) => one.phase.name === 'ready').length
  const full = useFullQueue(ready > 0)
  const estimates = useEstimates(uploads, wish.options.model, messages, locale)
  const closed = useIdentity().kind === 'browser' && config?.sign_in.anonymous === false
  const add = (files: Chosen[]): void => void (closed || engine.add(files, !wish.whole))
  const overlay = useWindowDrop(add)
  const start = (): void => {
    rememberWish(chosen)
    engine.start(wish)
    files.current?.focus() // the button is about to go, and would take the focus to the top of the page
    onSubmit()
  }
  return (
    <div className="mx-auto grid grid-cols-1 max-w-[45rem] gap-6 p-4 sm:py-8">
      <h1 className="text-2xl font-semibold">{text.title}</h1>
      {closed ? (
        <Suspense>
          <Gate />
        </Suspense>
      ) : (
        <>
          <button
            type="button"
            onClick={() => (canPick() ? void pick().then(add) : picker.current?.click())}
            className="grid justify-items-center gap-2 rounded-card border-2 border-dashed border-control bg-surface px-4 py-10
              text-center hover:border-accent"
          >
            <UploadIcon aria-hidden className="size-8 text-accent" />
            <span className="text-base font-semibold">{overlay ? text.overlay : text.drop}</span>
            <span className="text-sm text-muted">{text.hint(config && wholeGigabytes(locale, config.limits.max_upload_bytes), canDropFolders())}</span>
          </button>
          <input
            ref={picker}
            type="file"
            multiple
            accept="video/*,audio/*,.mkv,.opus,.m4a,.flac"
            aria-label={text.choose}
            tabIndex={-1}
            className="sr-only"
            onChange={(event) => {
              add([...(event.target.files ?? [])].map((file) => ({ file, handle: null })))
              event.target.value = '' // so that the same file can be chosen again
            }}
          />
          <SettingsCard wish={wish} config={config} onChange={setChosen} />
        </>
      )}
      {uploads.length > 0 ? (
        <section ref={files} tabIndex={-1} aria-label={text.files} className="grid grid-cols-1 gap-3 outline-none">
          <ClosingNote />
          <ul className="grid grid-cols-1 gap-3">
            {uploads.map((one) => (
              <UploadRow key={one.key} upload={one} estimate={estimates.of(one.key)} onViewJobs={onViewJobs} />
            ))}
          </ul>
          {ready > 0 && (
            <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
              <Button kind="primary" onClick={start}>
                {text.start(ready)}
              </Button>
              {estimates.total && <p className="text-sm text-muted">{estimates.total}</p>}
              {full !== null && <p className="text-sm text-warn">{text.full(full)}</p>}
            </div>
          )}
        </section>
      ) : (
        <ol className="grid gap-2 text-sm text-muted sm:grid-cols-3">
          {text.steps.map((step, at) => (
            <li key={step} className="flex items-baseline gap-2">
              <span className="font-semibold text-accent">{at + 1}</span> {step}
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}

/** "10 GB" for 10 GiB: fewer digits, and no more promised than is true. */
const wholeGigabytes = (locale: string, size: number): string => bytes(locale, size < 1e9 ? size : Math.floor(size / 1e9) * 1e9)

/** The whole window takes drops; true while something is held over it. */
function useWindowDrop(onFiles: (files: Chosen[]) => void): boolean {
  const [over, setOver] = useState(false)
  const latest = useRef(onFiles)
  useEffect(() => {
    latest.current = onFiles
  })
  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    const show = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      setOver(true)
    }
    addEventListener('dragover', show, { signal })
    addEventListener('dragleave', (event) => event.relatedTarget === null && setOver(false), { signal })
    addEventListener(
      'drop',
      (event) => {
        if (!event.dataTransfer) return
        event.preventDefault()
        setOver(false)
        void filesOf(event.dataTransfer).then((files) => latest.current(files))
      },
      { signal },
    )
    return () => controller.abort()
  }, [])
  return over
}

/** A phone has no folders to drop. */
const canDropFolders = (): boolean => matchMedia('(pointer: fine)').matches
