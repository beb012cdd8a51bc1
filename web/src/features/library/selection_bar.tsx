import { Bookmark, Download, Tag, Trash2, X } from 'lucide-react'
import { useState } from 'react'
import { asBackendError } from '@/backend/backend.ts'
import { downloadMany } from '@/backend/library.ts'
import type { Job } from '@/backend/types.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Input } from '@/ui/field.tsx'
import { saveFile } from '@/ui/save_file.ts'
import { useServices } from '../services.ts'
import type { LibraryActions, Outcome } from './actions.ts'
import { TAG_LENGTH } from './tags_field.tsx'
import { useWords } from './words.ts'

const FORMATS = ['srt', 'vtt', 'txt', 'docx', 'json', 'all'] as const

interface Props {
  jobs: readonly Job[]
  actions: LibraryActions
  token: string
  canKeep: boolean
  knownTags: readonly string[]
  onClear: () => void
}

/** What can be done with many at once, and how far it is. */
export function SelectionBar({ jobs, actions, token, canKeep, knownTags, onClear }: Props) {
  const words = useWords()
  const text = useText()
  const { apiUrl } = useServices()
  const [asking, setAsking] = useState<'delete' | 'tag' | null>(null)
  const [format, setFormat] = useState<string>('srt')
  const [line, setLine] = useState<{ text: string; bad: boolean } | null>(null)
  const [busy, setBusy] = useState(false)
  const say = (sentence: string, bad = false): void => {
    setLine({ text: sentence, bad })
    announce(sentence, bad ? 'assertive' : 'polite')
  }
  const run = async (step: (tell: (done: number) => void) => Promise<Outcome>): Promise<void> => {
    setAsking(null)
    setBusy(true)
    const { done, failed, fault } = await step((count) => setLine({ text: words.doing(count, jobs.length), bad: false }))
    setBusy(false)
    if (fault) say(words.failed(failed, errorText(text, fault.code, fault.message)), true)
    else say(words.done(done))
  }
  const download = async (): Promise<void> => {
    setBusy(true)
    try {
      const { blob, filename, missing } = await downloadMany(apiUrl, token, jobs.map((job) => job.job_id), format)
      saveFile(blob, filename)
      say([words.downloaded(jobs.length - missing), ...(missing > 0 ? [words.downloadMissing(missing)] : [])].join(' '))
    } catch (error) {
      const { code, message } = asBackendError(error)
      say(errorText(text, code, message), true)
    }
    setBusy(false)
  }
  const addTag = (tag: string): Promise<void> =>
    run((tell) => actions.changeAll(jobs, ({ tags }) => ({ tags: tags.some((one) => one.toLowerCase() === tag.toLowerCase()) ? tags : [...tags, tag] }), tell))
  return (
    <div
      role="group"
      aria-label={words.selected(jobs.length)}
      className="sticky bottom-2 z-[5] flex flex-wrap items-center gap-2 rounded-card border border-control bg-surface p-2 text-sm shadow-xl"
    >
      <span className="px-2 font-semibold">{words.selected(jobs.length)}</span>
      <span className="inline-flex">
        <Button small disabled={busy} className="rounded-r-none" onClick={() => void download()}>
          <Download aria-hidden className="size-4" />
          {words.download}
        </Button>
        <select
          aria-label={words.downloadAs}
          value={format}
          onChange={(event) => setFormat(event.target.value)}
          className="min-h-8 rounded-r-control border border-l-0 border-control bg-surface px-1 max-sm:min-h-11"
        >
          {FORMATS.map((one) => (
            <option key={one} value={one}>
              {one === 'all' ? words.allFormats : one.toUpperCase()}
            </option>
          ))}
        </select>
      </span>
      {canKeep && (
        <Button small disabled={busy} onClick={() => void run((tell) => actions.changeAll(jobs, () => ({ keep: true }), tell))}>
          <Bookmark aria-hidden className="size-4" />
          {words.keepAll}
        </Button>
      )}
      <Button small disabled={busy} onClick={() => setAsking('tag')}>
        <Tag aria-hidden className="size-4" />
        {words.tagAll}
      </Button>
      <Button small kind="danger" disabled={busy} onClick={() => setAsking('delete')}>
        <Trash2 aria-hidden className="size-4" />
        {words.delete}
      </Button>
      {line && <span className={line.bad ? 'text-danger' : 'text-muted'}>{line.text}</span>}
      <Button small kind="quiet" className="ml-auto" aria-label={words.unselect} title={words.unselect} onClick={onClear}>
        <X aria-hidden className="size-4" />
      </Button>
      {asking === 'tag' && <TagDialog count={jobs.length} known={knownTags} onClose={() => setAsking(null)} onAdd={(tag) => void addTag(tag)} />}
      {asking === 'delete' && (
        <DeleteDialog jobs={jobs} onClose={() => setAsking(null)} onDelete={() => void run((tell) => actions.deleteAll(jobs, tell))} />
      )}
    </div>
  )
}

function TagDialog({ count, known, onClose, onAdd }: { count: number; known: readonly string[]; onClose: () => void; onAdd: (tag: string) => void }) {
  const words = useWords()
  const [tag, setTag] = useState('')
  return (
    <Dialog title={words.tagAllTitle(count)} onClose={onClose}>
      <form
        className="mt-3 grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (tag.trim()) onAdd(tag.trim())
        }}
      >
        <Input label={words.tag} value={tag} maxLength={TAG_LENGTH} list="library-tags" onChange={(event) => setTag(event.target.value)} />
        <datalist id="library-tags">
          {known.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button type="submit" kind="primary">
            {words.add}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** Says what of it somebody has worked on, or wanted to keep. */
export function DeleteDialog({ jobs, onClose, onDelete }: { jobs: readonly Job[]; onClose: () => void; onDelete: () => void }) {
  const words = useWords()
  const edited = jobs.filter((job) => job.edited_at !== null).length
  const kept = jobs.filter((job) => job.kept).length
  return (
    <Dialog title={words.deleteTitle(jobs.length)} onClose={onClose}>
      <p className="mt-3 text-sm text-muted">{words.deleteText}</p>
      {edited > 0 && <p className="mt-2 text-sm text-warn">{words.deleteEdited(edited)}</p>}
      {kept > 0 && <p className="mt-2 text-sm text-warn">{words.deleteKept(kept)}</p>}
      <div className="mt-6 flex justify-end gap-2">
        <Button onClick={onClose}>{words.cancel}</Button>
        <Button kind="danger" onClick={onDelete}>
          {words.deleteYes}
        </Button>
      </div>
    </Dialog>
  )
}
