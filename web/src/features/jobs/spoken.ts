/** What is said aloud of jobs, whether or not their list is open: each change of state once, and every quarter. */
import { useEffect, useRef } from 'react'
import { useText } from '@/i18n/language.ts'
import { nameOf } from '@/jobs/name.ts'
import { announce } from '@/ui/announcer.tsx'
import { useJobs } from '../services.ts'
import { shownState } from './words.ts'

const QUARTER = 25

export function useSpokenChanges(): void {
  const { jobs: text } = useText()
  const { entries } = useJobs()
  const before = useRef(new Map<string, { state: string; quarter: number }>())
  useEffect(() => {
    for (const entry of entries) {
      const { job, ref } = entry
      if (!job) continue
      const state = shownState(entry)
      const quarter = Math.floor(job.progress / QUARTER)
      const last = before.current.get(ref.id)
      before.current.set(ref.id, { state, quarter })
      if (!last) continue
      if (last.state !== state) {
        announce(text.isNow(nameOf(job), text.status[state]), state === 'failed' ? 'assertive' : 'polite')
      } else if (state === 'processing' && quarter > last.quarter) {
        announce(text.half(nameOf(job), quarter * QUARTER))
      }
    }
  }, [entries, text])
}
