import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { asBackendError } from '@/backend/backend.ts'
import type { JobRef } from '@/backend/types.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { menuItemClass, Popover } from '@/ui/popover.tsx'
import { saveFile } from '@/ui/save_file.ts'
import type { ExportPanel } from './export/panel.tsx'
import { useServices } from './services.ts'

/** What most people want, at once. All there is lies in the panel. */
const EVERYDAY = ['srt', 'vtt', 'txt', 'docx'] as const

interface Props {
  jobRef: JobRef
  name: string
  small?: boolean
  /** People have changed the text: what it was can be had too. */
  edited?: boolean
  /** The one that is on the screen; without it the job's own. */
  profile?: string
  /** A guest takes one file after the other: archives are of one's own jobs. */
  guest?: boolean
  /** Saves what was just written, so that the file has it. */
  before?: () => Promise<void>
}

export function DownloadMenu({ jobRef, name, small = false, edited = false, profile = '', guest = false, before }: Props) {
  const text = useText()
  const { jobs: words } = text
  const { backend } = useServices()
  const [panel, setPanel] = useState<{ Component: typeof ExportPanel } | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const attempt = async (step: () => Promise<void>): Promise<void> => {
    try {
      await before?.()
      await step()
      setFault(null)
    } catch (error) {
      const { code, message } = asBackendError(error)
      const sentence = errorText(text, code === 'page_fault' ? 'offline' : code, message) // without the network, the panel is not there yet
      setFault(sentence)
      announce(sentence, 'assertive')
    }
  }
  const save = async (format: string): Promise<void> => {
    const { blob, filename } = await backend.download(jobRef, format, profile ? { profile } : {})
    saveFile(blob, filename)
  }
  const open = async (): Promise<void> => setPanel({ Component: (await import('./export/panel.tsx')).ExportPanel })
  return (
    <>
      <Popover
        small={small}
        name={`${words.download}: ${name}`}
        label={
          <>
            {words.download} <ChevronDown aria-hidden className="size-4" />
          </>
        }
      >
        {(close) => (
          <>
            {EVERYDAY.map((format) => (
              <button key={format} type="button" className={menuItemClass} onClick={() => void attempt(() => save(format).then(close))}>
                <span className="font-medium">{words.formats[format]}</span>
                <span className="text-xs text-muted">.{format}</span>
              </button>
            ))}
            <button type="button" aria-haspopup="dialog" className={`${menuItemClass} border-t border-line`} onClick={() => void attempt(() => open().then(close))}>
              {words.moreFormats}
            </button>
            {fault && <p className="p-2 text-sm text-danger">{fault}</p>}
          </>
        )}
      </Popover>
      {panel && <panel.Component {...{ jobRef, name, edited, profile, guest }} onClose={() => setPanel(null)} />}
    </>
  )
}
