import { Link2, Link2Off } from 'lucide-react'
import { type ReactNode, useEffect, useMemo } from 'react'
import type { Shared } from '@/backend/shares.ts'
import { shortDate } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { Viewer } from '../viewer/viewer.tsx'
import { useServices } from '../services.ts'
import { useOpened } from './opened.ts'
import { useWords } from './words.ts'

/** What a link shows to people who hold nothing but the link. `token` null: the address had none. */
export function SharedPage({ token }: { token: string | null }) {
  const text = useWords()
  return token === null ? <Closed title={text.incomplete} /> : <Opening key={token} token={token} />
}

function Opening({ token }: { token: string }) {
  const words = useWords()
  const text = useText()
  const { backend, live } = useServices()
  const opened = useOpened(backend, live, token)
  const over = opened.state === 'over'
  useEffect(() => {
    if (over) announce(words.gone, 'assertive')
  }, [over, words])
  if (opened.state === 'open') return <Reading token={token} shared={opened.shared} offline={opened.offline} />
  if (over) return <Closed title={words.gone} hint={words.goneHint} />
  if (opened.state === 'opening') return <p className="p-6 text-center text-muted">{words.opening}</p>
  return <Closed title={errorText(text, opened.fault.code, opened.fault.message)} />
}

function Reading({ token, shared, offline }: { token: string; shared: Shared; offline: boolean }) {
  const text = useWords()
  const { errors } = useText()
  const locale = useLanguage()
  const { job, share } = shared
  const id = job.job_id
  const jobRef = useMemo(() => ({ id, token }), [id, token])
  const until = share.expires_at === null ? null : shortDate(locale, share.expires_at)
  return (
    <>
      <p className="flex flex-wrap items-center justify-center gap-x-2 bg-soft px-4 py-2 text-center text-sm print:hidden">
        <Link2 aria-hidden className="size-4 shrink-0" />
        {text.banner(until)}
        {offline && <span className="text-warn">{errors.offline}</span>}
      </p>
      <Viewer jobRef={jobRef} job={job} may={{ edit: false, share: false, media: share.include_media, delete: false }} />
    </>
  )
}

function Closed({ title, hint }: { title: string; hint?: ReactNode }) {
  return (
    <div className="mx-auto grid max-w-[32rem] justify-items-center gap-3 px-4 py-16 text-center">
      <Link2Off aria-hidden className="size-10 text-muted" />
      <h1 className="text-xl font-semibold">{title}</h1>
      {hint && <p className="text-muted">{hint}</p>}
    </div>
  )
}
