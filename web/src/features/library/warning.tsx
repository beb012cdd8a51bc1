import { Bookmark, TriangleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import { asBackendError } from '@/backend/backend.ts'
import { changeJob } from '@/backend/library.ts'
import { serverNow } from '@/backend/server_clock.ts'
import type { Job } from '@/backend/types.ts'
import { ago } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import { nameOf } from '@/jobs/name.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button, buttonClass } from '@/ui/button.tsx'
import { useServerConfig, useServices } from '../services.ts'
import { useWords } from './words.ts'

/** Hours of work are not to go with a recording whose time is over without a word. */
export function Warning({ jobs }: { jobs: readonly Job[] }) {
  const words = useWords()
  const text = useText()
  const locale = useLanguage()
  const { apiUrl, jobs: store } = useServices()
  const canKeep = useServerConfig()?.keep === true
  const [fault, setFault] = useState<string | null>(null)
  const sorted = [...jobs].sort((a, b) => (a.expires_at ?? '').localeCompare(b.expires_at ?? ''))
  const [first] = sorted
  const when = first?.expires_at ? ago(locale, first.expires_at, serverNow()) : ''
  const line = first && (sorted.length === 1 ? words.warnOne(nameOf(first), when) : words.warnMany(sorted.length, when))
  const many = jobs.length
  useEffect(() => {
    if (line) announce(line)
    // Once for each number of them: the time left changes all the time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [many])
  if (!first) return null
  const keep = async (): Promise<void> => {
    const entry = store.get(first.job_id)
    if (!entry) return
    try {
      store.merge([await changeJob(apiUrl, entry.ref, { keep: true })])
      announce(words.kept)
    } catch (error) {
      const { code, message } = asBackendError(error)
      setFault(errorText(text, code, message))
    }
  }
  return (
    <p className="flex flex-wrap items-center justify-center gap-x-3 gap-y-1 border-b border-line bg-sunken px-4 py-1 text-sm print:hidden">
      <TriangleAlert aria-hidden className="size-4 shrink-0 text-warn" />
      <span className="min-w-0">{fault ?? line}</span>
      {many === 1 && canKeep && (
        <Button small onClick={() => void keep()}>
          <Bookmark aria-hidden className="size-4" />
          {words.warnKeep}
        </Button>
      )}
      {many > 1 && (
        <Link href="/library?only=edited&sort=expires" className={buttonClass('plain', true)}>
          {words.warnLook}
        </Link>
      )}
    </p>
  )
}
