import { OVER } from '@/backend/types.ts'
import { nameOf } from '@/jobs/name.ts'
import type { Entry } from '@/jobs/store.ts'

export const SECTIONS = ['active', ...OVER] as const
export type Section = (typeof SECTIONS)[number]

export const PER_PAGE = 10

export function sectionOf(entry: Entry): Section {
  return OVER.find((status) => status === entry.job?.status) ?? 'active'
}

export interface Shown {
  sections: { section: Section; total: number; entries: Entry[] }[]
  page: number
  from: number
  to: number
  total: number
  pages: number
}

/** One page of the jobs that match, in sections; `page` counts from 1 and is brought back where it points past the end. */
export function pageOf(entries: readonly Entry[], filter: Section | 'all', search: string, page: number): Shown {
  const wanted = search.trim().toLocaleLowerCase()
  const matching = entries.filter(
    (entry) =>
      (filter === 'all' || sectionOf(entry) === filter) &&
      (wanted === '' || (entry.job ? nameOf(entry.job) : '').toLocaleLowerCase().includes(wanted)),
  )
  const sorted = SECTIONS.flatMap((section) => matching.filter((entry) => sectionOf(entry) === section))
  const pages = Math.max(1, Math.ceil(sorted.length / PER_PAGE))
  const inside = Math.min(Math.max(page, 1), pages)
  const start = (inside - 1) * PER_PAGE
  const shown = sorted.slice(start, start + PER_PAGE)
  const sections = SECTIONS.map((section) => ({
    section,
    total: matching.filter((entry) => sectionOf(entry) === section).length,
    entries: shown.filter((entry) => sectionOf(entry) === section),
  })).filter((one) => one.entries.length > 0)
  return { sections, page: inside, from: sorted.length ? start + 1 : 0, to: start + shown.length, total: sorted.length, pages }
}
