import { TriangleAlert } from 'lucide-react'
import { misconfiguredDe } from '@/i18n/de/misconfigured.ts'
import { misconfiguredEn } from '@/i18n/en/misconfigured.ts'
import { useLanguage } from '@/i18n/language.ts'
import type { Config } from './config.ts'

const WORDS = { en: misconfiguredEn, de: misconfiguredDe }

/** For whoever built the page: what is wrong with it, and what right would look like. */
export function Misconfigured({ name, value, problem }: Extract<Config, { ok: false }>) {
  const words = WORDS[useLanguage()]
  return (
    <main className="mx-auto grid max-w-[40rem] gap-4 px-4 py-16">
      <h1 className="flex items-center gap-3 text-2xl font-semibold">
        <TriangleAlert aria-hidden className="size-7 shrink-0 text-warn" />
        {words.title}
      </h1>
      <p>{words.problems[problem](name)}</p>
      <dl className="grid gap-x-4 gap-y-2 rounded-card border border-line bg-surface p-4 text-sm sm:grid-cols-[auto_minmax(0,1fr)]">
        <dt className="text-muted">{words.is}</dt>
        <dd>
          <code>
            {name}={value}
          </code>
        </dd>
        <dt className="text-muted">{words.could}</dt>
        <dd>
          <code>{name}=https://api.example.org</code>
        </dd>
      </dl>
      <p className="text-sm text-muted">{words.hint}</p>
    </main>
  )
}
