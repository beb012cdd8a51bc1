import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import { asBackendError, type BackendError } from '@/backend/backend.ts'
import { type Hit, type Hits as Found, searchTexts } from '@/backend/library.ts'
import { clock } from '@/i18n/format.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { nameOf } from '@/jobs/name.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { useServices } from '../services.ts'
import { useWords } from './words.ts'

/** One letter is in every text. */
export const LEAST = 2
const SHOWN = 3

/** Where in the texts the words are; each opens the text at that place, with the word marked. */
export function Hits({ text: query, token }: { text: string; token: string }) {
  const words = useWords()
  const text = useText()
  const { found, fault, searching, more } = useFound(query, token)
  useEffect(() => {
    if (found && !searching) announce(found.total === 0 ? words.noText : words.foundIn(found.total))
  }, [found, searching, words])
  return (
    <section aria-label={words.inTexts} aria-busy={searching} className="rounded-card border border-line bg-surface p-4">
      <h2 className="flex items-baseline gap-2 text-base font-semibold">
        {words.inTexts}
        <span className="text-sm font-normal text-muted">{searching || !found ? words.searching : found.total > 0 && words.foundIn(found.total)}</span>
      </h2>
      {fault && <p className="mt-2 text-sm text-danger">{errorText(text, fault.code, fault.message)}</p>}
      {found?.total === 0 && !searching && <p className="mt-2 text-sm text-muted">{words.noText}</p>}
      <ul className="mt-2 grid grid-cols-1 gap-4">
        {found?.jobs.map(({ job, count, hits }) => (
          <li key={job.job_id} className="min-w-0">
            <h3 className="flex min-w-0 items-baseline gap-2 text-sm">
              <span className="truncate font-semibold" title={nameOf(job)}>
                {nameOf(job)}
              </span>
              <span className="shrink-0 text-xs text-muted">{words.hits(count)}</span>
            </h3>
            <ul className="mt-1 border-l-2 border-line pl-3">
              {hits.slice(0, SHOWN).map((hit) => (
                <li key={`${hit.start_ms} ${hit.text}`}>
                  <Link
                    href={placeOf(job.job_id, hit)}
                    className="-mx-1 flex min-h-8 items-baseline gap-3 rounded-control px-1 py-1 text-sm hover:bg-sunken max-sm:min-h-11"
                  >
                    <span className="shrink-0 text-xs text-accent tabular-nums">{clock(hit.start_ms)}</span>
                    <Snippet hit={hit} language={job.language} />
                  </Link>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {found && found.jobs.length < found.total && (
        <Button small className="mt-3" disabled={searching} onClick={more}>
          {words.moreHits}
        </Button>
      )}
    </section>
  )
}

function Snippet({ hit: { text, ranges }, language }: { hit: Hit; language: string | null }) {
  const sorted = [...ranges].sort(([a], [b]) => a - b)
  return (
    <span lang={language ?? undefined} className="min-w-0">
      {sorted.map(([from, to], index) => (
        <span key={from}>
          {text.slice(sorted[index - 1]?.[1] ?? 0, from)}
          <mark className="rounded-sm bg-spoken px-0.5 text-text">{text.slice(from, to)}</mark>
        </span>
      ))}
      {text.slice(sorted.at(-1)?.[1] ?? 0)}
    </span>
  )
}

/** The viewer finds what stands in the text as it stands: the first words of the hit that follow one another. */
function placeOf(id: string, { start_ms: at, text, ranges }: Hit): string {
  const sorted = [...ranges].sort(([a], [b]) => a - b)
  const [first, ...others] = sorted
  let to = first?.[1] ?? 0
  for (const [from, end] of others) {
    if (text.slice(to, from).trim() !== '') break
    to = end
  }
  const query = new URLSearchParams({ t: String(Math.floor(at / 1000)), q: text.slice(first?.[0] ?? 0, to) })
  return `/jobs/${id}?${query.toString()}`
}

function useFound(query: string, token: string): { found: Found | null; fault: BackendError | null; searching: boolean; more: () => void } {
  const { apiUrl } = useServices()
  const [answer, setAnswer] = useState<{ query: string; found: Found | null; page: number; fault: BackendError | null } | null>(null)
  const [page, setPage] = useState({ query, number: 1 })
  const wanted = page.query === query ? page.number : 1
  const current = answer?.query === query && answer.page >= wanted
  useEffect(() => {
    if (current) return
    let left = false
    searchTexts(apiUrl, token, query, wanted).then(
      (found) => {
        if (left) return
        setAnswer((before) => ({
          ...{ query, page: wanted, fault: null },
          found: { ...found, jobs: wanted > 1 ? [...(before?.found?.jobs ?? []), ...found.jobs] : found.jobs },
        }))
      },
      (error: unknown) => !left && setAnswer({ query, page: wanted, found: null, fault: asBackendError(error) }),
    )
    return () => void (left = true)
  }, [apiUrl, token, query, wanted, current])
  return { found: answer?.found ?? null, fault: answer?.fault ?? null, searching: !current, more: () => setPage({ query, number: wanted + 1 }) }
}
