import { ChevronDown } from 'lucide-react'
import { useEffect, useState } from 'react'
import { asBackendError } from '@/backend/backend.ts'
import type { Formats, JobRef } from '@/backend/types.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { Select } from '@/ui/field.tsx'
import { menuItemClass, Popover } from '@/ui/popover.tsx'
import { saveFile } from '@/ui/save_file.ts'
import { useServices } from './services.ts'

const FIRST = ['srt', 'vtt', 'txt', 'docx', 'json']
/** What may be switched, and how it is unless somebody does (docs/formats.md). */
const SWITCHES = { speakers: true, sounds: true, times: false, unclear: false, crlf: false, bom: false }
type Switch = keyof typeof SWITCHES

let known: Promise<Formats> | null = null

/** Every format the server can write; subtitles with the profile chosen. */
interface Props {
  jobRef: JobRef
  name: string
  small?: boolean
  /** People have changed the text: the machine's can be had too. */
  edited?: boolean
  /** The one that is on the screen; without it the job's own. */
  profile?: string
}

export function DownloadMenu({ jobRef, name, small = false, edited = false, profile = '' }: Props) {
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
      {(close) => <Choices jobRef={jobRef} edited={edited} shown={profile} onDone={close} />}
    </Popover>
  )
}

function Choices({ jobRef, edited, shown, onDone }: { jobRef: JobRef; edited: boolean; shown: string; onDone: () => void }) {
  const text = useText()
  const { backend } = useServices()
  const formats = useFormats()
  const [asked, setAsked] = useState<string | null>(null)
  const profile = asked ?? shown
  const [switches, setSwitches] = useState(SWITCHES)
  const [machine, setMachine] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const save = async (format: string): Promise<void> => {
    try {
      const chosen = { switches: changed(switches, formats, format), ...(profile ? { profile } : {}) }
      const { blob, filename } = await backend.download(jobRef, format, { ...chosen, ...(machine ? { revision: 0 } : {}) })
      saveFile(blob, filename)
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
  const entries = (names: readonly string[]) => names.map((name) => <Entry key={name} name={name} formats={formats} onChoose={() => void save(name)} />)
  return (
    <>
      {entries(FIRST)}
      {others.length > 0 && (
        <details>
          <summary className={`${menuItemClass} cursor-pointer`}>{text.jobs.moreFormats}</summary>
          {entries(others)}
        </details>
      )}
      {formats && <Profiles formats={formats} chosen={profile} onChoose={setAsked} />}
      {formats && <Switches on={switches} onSwitch={(name, on) => setSwitches((now) => ({ ...now, [name]: on }))} />}
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

/** Null until they are known; the five that everybody wants are there all the same. */
function useFormats(): Formats | null {
  const { backend } = useServices()
  const [formats, setFormats] = useState<Formats | null>(null)
  useEffect(() => {
    let left = false
    known ??= backend.formats()
    known.then(
      (found) => !left && setFormats(found),
      () => (known = null), // asked for again by the next menu
    )
    return () => void (left = true)
  }, [backend])
  return formats
}

/** Only what was changed and the format takes: it refuses other choices. */
function changed(switches: Record<Switch, boolean>, formats: Formats | null, format: string): Record<string, boolean> {
  const taken = formats?.formats.find((one) => one.name === format)?.choices ?? []
  return Object.fromEntries(Object.entries(switches).filter(([name, on]) => taken.includes(name) && on !== SWITCHES[name as Switch]))
}

function Entry({ name, formats, onChoose }: { name: string; formats: Formats | null; onChoose: () => void }) {
  const { jobs: text } = useText()
  const names: Partial<Record<string, string>> = text.formats
  return (
    <button type="button" className={menuItemClass} onClick={onChoose}>
      <span className="font-medium">{names[name] ?? name.toUpperCase()}</span>
      <span className="text-xs text-muted">{formats?.formats.find((one) => one.name === name)?.suffix}</span>
    </button>
  )
}

function Profiles({ formats, chosen, onChoose }: { formats: Formats; chosen: string; onChoose: (profile: string) => void }) {
  const text = useText()
  const names: Partial<Record<string, string>> = text.viewer.profiles
  return (
    <div className="border-t border-line p-2">
      <Select label={text.jobs.profile} value={chosen} onChange={(event) => onChoose(event.target.value)}>
        <option value="">{text.jobs.profileDefault}</option>
        {Object.entries(formats.profiles).map(([id, about]) => (
          <option key={id} value={id} title={about}>
            {names[id] ?? id}
          </option>
        ))}
      </Select>
    </div>
  )
}

function Switches({ on, onSwitch }: { on: Record<Switch, boolean>; onSwitch: (name: Switch, on: boolean) => void }) {
  const { jobs: text } = useText()
  return (
    <div className="border-t border-line p-2 text-sm">
      {(Object.keys(SWITCHES) as Switch[]).map((name) => (
        <label key={name} className="flex min-h-10 items-center gap-2 max-sm:min-h-11">
          <input type="checkbox" className="size-4" checked={on[name]} onChange={(event) => onSwitch(name, event.target.checked)} />
          {text.switches[name]}
        </label>
      ))}
    </div>
  )
}
