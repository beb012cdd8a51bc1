import { useRef, useState } from 'react'
import { useLanguage } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { MOST_LETTERS, type Script, textOf } from '@/upload/script.ts'
import { useScriptWords } from '../script_words.ts'

interface Props {
  /** The recording's. */
  name: string
  script: Script | null
  onClose: () => void
  /** Null: without one. */
  onUse: (script: Script | null) => void
}

/** The text of a recording, from a file or pasted, and to be seen before it is used. */
export function ScriptDialog({ name, script, onClose, onUse }: Props) {
  const words = useScriptWords()
  const locale = useLanguage()
  const picker = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(script?.text ?? '')
  const [file, setFile] = useState(script?.name ?? null)
  const [fault, setFault] = useState<string | null>(null)
  const refuse = (sentence: string): void => {
    setFault(sentence)
    announce(sentence, 'assertive')
  }
  const read = async (chosen: File): Promise<void> => {
    const found = await textOf(chosen)
    if (found === null) return refuse(words.unreadable(chosen.name))
    setText(found)
    setFile(chosen.name)
    setFault(null)
  }
  const use = (): void => {
    if (!/[\p{L}\p{N}]/u.test(text)) return refuse(words.empty)
    if (text.length > MOST_LETTERS) return refuse(words.long(MOST_LETTERS.toLocaleString(locale)))
    onUse({ name: file ?? words.pasted, text })
  }
  return (
    <Dialog wide title={words.title(name)} onClose={onClose}>
      <p className="mt-3 text-sm">{words.about}</p>
      <p className="mt-1 text-sm text-muted">{words.limits}</p>
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <Button onClick={() => picker.current?.click()}>{words.file}</Button>
        {file && <span className="min-w-0 truncate text-sm">{file}</span>}
        <input
          ref={picker}
          type="file"
          accept=".txt,.srt,.vtt,.ass,.ssa,.md,text/*"
          tabIndex={-1}
          className="sr-only"
          aria-label={words.file}
          onChange={({ target }) => {
            const chosen = target.files?.[0]
            target.value = ''
            if (chosen) void read(chosen)
          }}
        />
      </div>
      <label className="mt-3 block text-sm">
        <span className="mb-1 block font-medium">{words.paste}</span>
        <textarea
          rows={9}
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setFault(null)
          }}
          className="w-full rounded-control border border-control bg-surface p-3 text-base"
        />
      </label>
      {fault && <p className="mt-2 text-sm text-danger">{fault}</p>}
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        {script && <Button onClick={() => onUse(null)}>{words.without}</Button>}
        <Button onClick={onClose}>{words.cancel}</Button>
        <Button kind="primary" onClick={use}>
          {words.use}
        </Button>
      </div>
    </Dialog>
  )
}
