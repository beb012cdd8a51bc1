import { Download, Film, Trash2 } from 'lucide-react'
import { type RefObject, useId, useRef, useState } from 'react'
import type { JobRef } from '@/backend/types.ts'
import { KINDS, type Kind, type Video } from '@/backend/videos.ts'
import { videosDe } from '@/i18n/de/videos.ts'
import { videosEn } from '@/i18n/en/videos.ts'
import { bytes, languageName } from '@/i18n/format.ts'
import { errorText, type Language, useLanguage, useText } from '@/i18n/language.ts'
import type { Words } from '@/i18n/words.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button, buttonClass } from '@/ui/button.tsx'
import { Select } from '@/ui/field.tsx'
import { Progress } from '@/ui/progress.tsx'
import { isOpen, usePicture, useTranslated, useVideos } from './use_videos.ts'

const WORDS: Record<Language, Words<typeof videosEn>> = { en: videosEn, de: videosDe }
const useWords = (): Words<typeof videosEn> => WORDS[useLanguage()]

interface Props {
  jobRef: JobRef
  /** '': the job's own. */
  profile: string
  /** What the server makes, by its own names. */
  kinds: readonly string[]
}

/** Copies of the video with the subtitles in it: asked for, followed, saved, deleted. Nothing where only the sound was sent. */
export function Videos({ jobRef, profile, kinds }: Props) {
  const id = useId()
  const text = useText()
  const words = useWords()
  const make = useRef<HTMLButtonElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const picture = usePicture(jobRef)
  const { videos, fault, ask, remove } = useVideos(jobRef, (video) =>
    video.state === 'completed' ? announce(words.ready(video.filename)) : announce(errorText(text, video.error_code ?? '', video.error), 'assertive'),
  )
  const known = KINDS.filter((kind) => kinds.includes(kind))
  const drop = async (video: Video, button: HTMLElement): Promise<void> => {
    if (!(await remove(video))) return
    announce(words.deleted(video.filename))
    // The button goes with its line.
    if (document.activeElement === button) (make.current ?? heading.current)?.focus()
  }
  if (!videos || picture === null || (!picture && videos.length === 0)) return null
  return (
    <section aria-labelledby={id} className="grid grid-cols-1 gap-3 border-t border-line pt-4">
      <div>
        <h3 id={id} ref={heading} tabIndex={-1} className="font-semibold">
          {words.title}
        </h3>
        <p className="text-sm text-muted">{words.about}</p>
      </div>
      {picture && <Wish make={make} kinds={known} jobRef={jobRef} onAsk={(kind, language) => void ask({ kind, ...(profile && { profile }), ...(language && { language }) })} />}
      {fault && (
        <p role="alert" className="text-sm text-danger">
          {errorText(text, fault.code, fault.message)}
        </p>
      )}
      {videos.length > 0 && (
        <ul aria-label={words.made} className="grid grid-cols-1 gap-2">
          {videos.map((video) => (
            <Made key={video.copy_id} video={video} onDelete={(button) => void drop(video, button)} />
          ))}
        </ul>
      )}
    </section>
  )
}

interface WishProps {
  make: RefObject<HTMLButtonElement | null>
  kinds: readonly Kind[]
  jobRef: JobRef
  onAsk: (kind: Kind, language: string) => void
}

function Wish({ make, kinds, jobRef, onAsk }: WishProps) {
  const words = useWords()
  const locale = useLanguage()
  const languages = useTranslated(jobRef)
  const [kind, setKind] = useState<Kind>('mux')
  const [language, setLanguage] = useState('')
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2">
        <Select label={words.how} hint={words.hints[kind]} value={kind} onChange={({ target }) => setKind(target.value as Kind)}>
          {kinds.map((one) => (
            <option key={one} value={one}>
              {words.kinds[one]}
            </option>
          ))}
        </Select>
        {languages.length > 0 && (
          <Select label={words.language} value={language} onChange={({ target }) => setLanguage(target.value)}>
            <option value="">{words.original}</option>
            {languages.map((one) => (
              <option key={one} value={one}>
                {languageName(locale, one)}
              </option>
            ))}
          </Select>
        )}
      </div>
      <Button ref={make} className="justify-self-start" onClick={() => onAsk(kind, language)}>
        <Film aria-hidden className="size-4" />
        {words.make}
      </Button>
    </>
  )
}

function Made({ video, onDelete }: { video: Video; onDelete: (button: HTMLElement) => void }) {
  const text = useText()
  const words = useWords()
  const locale = useLanguage()
  const { filename, kind, state, progress, size_bytes, url, error_code, error } = video
  const profiles: Partial<Record<string, string>> = text.viewer.profiles
  const about = [words.kinds[kind], profiles[video.profile] ?? video.profile, ...(size_bytes === null ? [] : [bytes(locale, size_bytes)])]
  const far = state === 'waiting' ? words.waits : words.percent(progress)
  return (
    <li className="grid grid-cols-1 gap-2 rounded-control border border-line p-2">
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-0 grow text-sm">
          <span className="block font-medium wrap-anywhere" translate="no">
            {filename}
          </span>
          <span className="block text-xs text-muted">{about.join(' · ')}</span>
        </p>
        {url && (
          <a className={buttonClass('plain', true)} href={url} download={filename} aria-label={words.downloadNamed(filename)}>
            <Download aria-hidden className="size-4" />
            {words.download}
          </a>
        )}
        <Button small kind="quiet" className="max-sm:min-w-11" aria-label={words.delete(filename)} onClick={(event) => onDelete(event.currentTarget)}>
          <Trash2 aria-hidden className="size-4" />
        </Button>
      </div>
      {isOpen(video) && (
        <div className="grid grid-cols-1 gap-1 text-xs text-muted">
          <Progress label={words.making(filename)} share={state === 'waiting' ? null : progress / 100} text={far} />
          <span>{far}</span>
        </div>
      )}
      {error_code && <p className="text-sm text-danger">{errorText(text, error_code, error)}</p>}
    </li>
  )
}
