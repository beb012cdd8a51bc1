import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Link } from 'wouter'
import type { Change } from '@/backend/library.ts'
import { serverNow } from '@/backend/server_clock.ts'
import type { Job } from '@/backend/types.ts'
import { ago } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import type { LibraryList, ListSnapshot } from '@/library/list.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button, buttonClass } from '@/ui/button.tsx'
import { useNow } from '../clock.ts'
import { useIdentity, useJobs, useServerConfig, useServices } from '../services.ts'
import { LibraryActions } from './actions.ts'
import type { Query } from './query.ts'
import { DeleteDialog, SelectionBar } from './selection_bar.tsx'
import { Table } from './table.tsx'
import { useWords } from './words.ts'

const MINUTE_MS = 60_000

interface RecordingsProps {
  list: LibraryList
  shown: ListSnapshot
  query: Query
  onChange: (change: Partial<Query>) => void
  token: string
}

/** The rows, and what is done to them. */
export function Recordings({ list, shown, query, onChange, token }: RecordingsProps) {
  const words = useWords()
  const text = useText()
  const { apiUrl, backend, jobs: store } = useServices()
  const canKeep = useServerConfig()?.keep === true
  const now = Math.floor(serverNow() / MINUTE_MS) * MINUTE_MS // the same for all that is drawn within a minute
  useNow(MINUTE_MS)
  const actions = useMemo(() => new LibraryActions(apiUrl, backend, store, list, token), [apiUrl, backend, store, list, token])
  const jobs = useNewest(shown.jobs)
  const [selected, select, clear] = useSelection(jobs)
  const [doomed, setDoomed] = useState<Job | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const knownTags = useMemo(() => Object.keys(shown.totals?.tags ?? {}), [shown.totals])
  const locale = useLanguage()
  const change = useCallback(
    async (job: Job, what: Change): Promise<void> => {
      const refused = await actions.change(job.job_id, what)
      const sentence = refused && errorText(text, refused.code, refused.message)
      setFault(sentence)
      if (sentence) return announce(sentence, 'assertive')
      if (what.title !== undefined) announce(words.renamed(what.title ?? job.filename))
    },
    [actions, text, words],
  )
  const keep = useCallback(
    async (job: Job, on: boolean): Promise<void> => {
      await change(job, { keep: on })
      const at = store.get(job.job_id)?.job?.expires_at
      announce(on ? words.kept : at ? words.notKept(ago(locale, at, serverNow())) : words.notKeptNoDate)
    },
    [change, store, words, locale],
  )
  const changeRow = useCallback((job: Job, what: Change) => void change(job, what), [change])
  const keepRow = useMemo(() => (canKeep ? (job: Job, on: boolean) => void keep(job, on) : null), [canKeep, keep])
  const chosen = jobs.filter((job) => selected.has(job.job_id))
  const problem = fault ?? (shown.fault && errorText(text, shown.fault.code, shown.fault.message))
  return (
    <>
      {problem && (
        <p role="alert" className="text-sm text-danger">
          {problem}
        </p>
      )}
      {shown.state === 'loading' && <p className="fade-in-late text-sm text-muted">{words.loading}</p>}
      {shown.state === 'ready' && jobs.length === 0 && <Nothing filtered={(shown.totals?.jobs ?? 0) > 0} />}
      {jobs.length > 0 && (
        <Table
          {...{ jobs, selected, query, now, knownTags }}
          select={select}
          onSelectAll={(on) => (on ? jobs.forEach(({ job_id: id }) => select(id, true, false)) : clear())}
          onSort={onChange}
          change={changeRow}
          remove={setDoomed}
          keep={keepRow}
        />
      )}
      {jobs.length < shown.total && <More list={list} shown={jobs.length} total={shown.total} />}
      {chosen.length > 0 && <SelectionBar jobs={chosen} {...{ actions, token, canKeep, knownTags }} onClear={clear} />}
      {doomed && (
        <DeleteDialog
          jobs={[doomed]}
          onClose={() => setDoomed(null)}
          onDelete={() => {
            setDoomed(null)
            void actions.deleteAll([doomed], () => undefined).then(({ fault: why }) => {
              setFault(why && words.failed(1, errorText(text, why.code, why.message)))
              if (!why) announce(words.done(1))
            })
          }}
        />
      )}
    </>
  )
}

function Nothing({ filtered }: { filtered: boolean }) {
  const words = useWords()
  const { kind } = useIdentity()
  return (
    <div className="grid justify-items-center gap-3 rounded-card border border-dashed border-control p-10 text-center text-muted">
      <p>{filtered ? words.none : kind === 'machine' ? words.empty : words.emptyBrowser}</p>
      {!filtered && (
        <Link href="/" className={buttonClass()}>
          {words.upload}
        </Link>
      )}
    </div>
  )
}

/** The next rows come when their place comes into view; the button is for the keyboard. */
function More({ list, shown, total }: { list: LibraryList; shown: number; total: number }) {
  const words = useWords()
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = place.current
    if (!element) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && void list.more(), { rootMargin: '600px' })
    observer.observe(element)
    return () => observer.disconnect()
  }, [list, shown])
  return (
    <div ref={place} className="flex items-center justify-center gap-3 text-sm text-muted">
      {words.shown(shown, total)}
      <Button small onClick={() => void list.more()}>
        {words.showMore}
      </Button>
    </div>
  )
}

/** The list is asked for every few seconds; what the rest of the page hears of its jobs meanwhile is shown at once. */
function useNewest(listed: readonly Job[]): readonly Job[] {
  const { entries } = useJobs()
  return useMemo(() => {
    const heard = new Map(entries.map(({ ref, job }) => [ref.id, job]))
    return listed.map((job) => {
      const news = heard.get(job.job_id)
      const newer = news && (news.version > job.version || (news.version === job.version && news.progress > job.progress))
      return newer ? news : job
    })
  }, [listed, entries])
}

/** With Shift everything between the last one and this. */
function useSelection(jobs: readonly Job[]): [ReadonlySet<string>, (id: string, on: boolean, range: boolean) => void, () => void] {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const last = useRef<string | null>(null)
  const order = useRef<readonly Job[]>(jobs)
  useEffect(() => {
    order.current = jobs
  }, [jobs])
  const select = useCallback((id: string, on: boolean, range: boolean): void => {
    const ids = order.current.map((job) => job.job_id)
    const [from, to] = [last.current === null ? -1 : ids.indexOf(last.current), ids.indexOf(id)]
    const those = range && from >= 0 ? ids.slice(Math.min(from, to), Math.max(from, to) + 1) : [id]
    last.current = id
    setSelected((before) => {
      const now = new Set(before)
      for (const one of those) if (on) now.add(one)
      else now.delete(one)
      return now
    })
  }, [])
  const clear = useCallback(() => setSelected(new Set()), [])
  return [selected, select, clear]
}
