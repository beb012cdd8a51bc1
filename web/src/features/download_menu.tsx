import { ChevronDown } from 'lucide-react'
import { useEffect, useState } from 'react'
import { asBackendError } from '@/backend/backend.ts'
import type { Formats, JobRef } from '@/backend/types.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { Select } from '@/ui/field.tsx'
import { menuItemClass, Popover } from '@/ui/popover.tsx'
import { useServices } from './services.ts'

const FIRST = ['srt', 'vtt', 'txt', 'docx', 'json']

let known: Promise<Formats> | null = null

/** Every format the server can write; subtitles with the profile chosen. */
interface Props {
  jobRef: JobRef
  name: string
  small?: boolean
  /** People have changed the text: the machine's can be had too. */
  edited?: boolean
}

export function DownloadMenu({ jobRef, name, small = false, edited = false }: Props) {
  const { jobs: text } = useText()
  return (
    <Popover
      small={small}
      name={`${text.download}: ${name}`}
      label={
        <>
          {text.download} <ChevronDown aria-hidden className="size-4" />
        </>
      }
    >
      {(close) => <Choices jobRef={jobRef} edited={edited} onDone={close} />}
    </Popover>
  )
}

function Choices({ jobRef, edited, onDone }: { jobRef: JobRef; edited: boolean; onDone: () => void }) {
  const text = useText()
  const { backend } = useServices()
  const [formats, setFormats] = useState<Formats | null>(null)
  const [profile, setProfile] = useState('')
  const [machine, setMachine] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  useEffect(() => {
    let left = false
    known ??= backend.formats()
    known.then(
      (found) => !left && setFormats(found),
      () => (known = null), // asked for again by the next menu; the five everybody wants are there all the same
    )
    return () => void (left = true)
  }, [backend])
  const save = async (format: string): Promise<void> => {
    try {
      const { blob, filename } = await backend.download(jobRef, format, { ...(profile ? { profile } : {}), ...(machine ? { revision: 0 } : {}) })
      hand(blob, filename)
      setFault(null)
      onDone()
    } catch (error) {
      const { code, message } = asBackendError(error)
      const sentence = errorText(text, code, message)
      setFault(sentence)
      announce(sentence, 'assertive')
    }
  }
  const others = formats?.formats.map((format) => format.name).filter((one) => !FIRST.includes(one)) ?? []
  return (
    <>
      {[...FIRST, ...others].map((format) => (
        <button key={format} type="button" className={menuItemClass} onClick={() => void save(format)}>
          <span className="font-medium">{format.toUpperCase()}</span>
          <span className="text-xs text-muted">{formats?.formats.find((one) => one.name === format)?.suffix}</span>
        </button>
      ))}
      {formats && (
        <div className="border-t border-line p-2">
          <Select label={text.jobs.profile} value={profile} onChange={(event) => setProfile(event.target.value)}>
            <option value="">{text.jobs.profileDefault}</option>
            {Object.entries(formats.profiles).map(([id, about]) => (
              <option key={id} value={id} title={about}>
                {id}
              </option>
            ))}
          </Select>
        </div>
      )}
      {edited && (
        <div className="border-t border-line p-2">
          <Select
            label={text.viewer.which}
            value={machine ? 'machine' : 'edited'}
            onChange={(event) => setMachine(event.target.value === 'machine')}
          >
            <option value="edited">{text.viewer.edited}</option>
            <option value="machine">{text.viewer.machine}</option>
          </Select>
        </div>
      )}
      {fault && <p className="p-2 text-sm text-danger">{fault}</p>}
    </>
  )
}

/** The browser saves a file only from a link. */
function hand(blob: Blob, filename: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = filename
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
