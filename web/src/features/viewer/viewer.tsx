import { type ReactNode, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Job, JobRef } from '@/backend/types.ts'
import { clock } from '@/i18n/format.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { type Columns, doubtfulWords, find } from '@/transcript/columns.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { DownloadMenu } from '../download_menu.tsx'
import { useServices } from '../services.ts'
import { useKeys } from './keys.ts'
import { useColumns } from './load.ts'
import { useDoubtful, useFound, useSpoken } from './marks.ts'
import { textElement } from './highlights.ts'
import { PlainScreen } from './plain_screen.tsx'
import { Player } from './player.tsx'
import { SearchBar } from './search_bar.tsx'
import { TranscriptText } from './transcript_text.tsx'

export interface May {
  edit: boolean
  share: boolean
  /** Play the server's recording; one's own copy may always be played. */
  media: boolean
  delete: boolean
}

export interface ViewerProps {
  /** The job, and a token that may at least read it: the owner's or a share's. */
  jobRef: JobRef
  /** The newest that is known of it. */
  job: Job
  may: May
  /** Further controls, shown beside Download. */
  actions?: ReactNode
}

/** A transcript to read, hear and search. It knows nothing of the job store, so that a share can be shown with it too. */
export function Viewer(props: ViewerProps) {
  const text = useText()
  const { jobRef, job } = props
  const { backend } = useServices()
  const { columns, fault } = useColumns(backend, jobRef, job)
  if (columns) return <Loaded {...props} columns={columns} />
  if (fault) return <PlainScreen title={job.filename} line={errorText(text, fault.code, fault.message)} />
  const waits = job.status === 'pending' || job.status === 'uploading'
  return <PlainScreen title={job.filename} line={waits ? text.viewer.notYet : text.viewer.loading} />
}

function Loaded({ jobRef, job, actions, columns }: ViewerProps & { columns: Columns }) {
  const { viewer: text, jobs: jobsText } = useText()
  const root = useRef<HTMLElement>(null)
  const media = useRef<HTMLVideoElement>(null)
  const search = useRef<HTMLInputElement>(null)
  const { paragraphs } = columns
  const [query, setQuery] = useState('')
  const [current, setCurrent] = useState(0)
  const found = useMemo(() => find(paragraphs, query), [paragraphs, query])
  const doubts = useMemo(() => doubtfulWords(paragraphs), [paragraphs])
  useDoubtful(root, paragraphs)
  useFound(root, found, current)
  const follow = useSpoken(root, media, paragraphs)
  const seek = useCallback((ms: number) => {
    if (media.current) media.current.currentTime = ms / 1000
  }, [])
  const nextDoubt = useNextDoubt(root, doubts)
  useKeys({ media, search, onDoubt: nextDoubt })
  return (
    <div className="mx-auto grid max-w-[80rem] gap-6 p-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
      <div className="grid content-start gap-3 lg:sticky lg:top-4 lg:self-start">
        <h1 className="truncate text-xl font-semibold" title={job.filename}>
          {job.filename}
        </h1>
        <p className="text-sm text-muted">
          {[
            clock(columns.duration_ms || (job.duration_ms ?? 0)),
            jobsText.status[job.status],
            ...(job.status === 'completed' ? [] : [text.partial(clock(job.progress_ms))]),
          ].join(' · ')}
        </p>
        <Player media={media} durationMs={job.duration_ms ?? columns.duration_ms} />
        <div className="flex flex-wrap gap-2">
          {job.status === 'completed' && <DownloadMenu jobRef={jobRef} name={job.filename} />}
          {actions}
          <Button onClick={() => void copy(columns, text.copied)}>{text.copy}</Button>
          {doubts.length > 0 && <Button onClick={() => nextDoubt(1)}>{text.doubtful(doubts.length)}</Button>}
          {!follow.on && <Button onClick={follow.resume}>{text.follow}</Button>}
        </div>
        <p className="hidden text-xs text-muted lg:block">{text.keys}</p>
      </div>
      <div className="grid min-w-0 content-start gap-4">
        <SearchBar
          input={search}
          query={query}
          current={current}
          count={found.length}
          onQuery={(value) => (setQuery(value), setCurrent(0))}
          onMove={(step) => found.length && setCurrent((current + step + found.length) % found.length)}
        />
        {paragraphs.length === 0 && (
          <p className="text-muted">{job.status === 'completed' ? text.silence : text.notYet}</p>
        )}
        <TranscriptText root={root} paragraphs={paragraphs} language={columns.language} onSeek={seek} />
      </div>
    </div>
  )
}

async function copy(columns: Columns, done: string): Promise<void> {
  await navigator.clipboard.writeText(columns.paragraphs.map((paragraph) => paragraph.text).join('\n\n'))
  announce(done)
}

/** Goes to the next doubtful word (or the one before, with -1) and puts the focus on its paragraph. */
function useNextDoubt(
  root: RefObject<HTMLElement | null>,
  doubts: readonly { paragraph: number }[],
): (step: 1 | -1) => void {
  const at = useRef(-1)
  useEffect(() => {
    at.current = -1
  }, [doubts])
  return useCallback(
    (step) => {
      if (doubts.length === 0 || !root.current) return
      at.current = (at.current + step + doubts.length) % doubts.length
      const place = doubts[at.current]
      if (!place) return
      textElement(root.current, place.paragraph)?.scrollIntoView({ block: 'center' })
      root.current.querySelector<HTMLElement>(`button[data-index="${place.paragraph}"]`)?.focus({ preventScroll: true })
    },
    [doubts, root],
  )
}
