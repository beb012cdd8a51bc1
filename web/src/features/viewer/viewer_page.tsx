import type { ReactNode } from 'react'
import type { Job, JobRef } from '@/backend/types.ts'
import { useText } from '@/i18n/language.ts'
import { useJobs } from '../services.ts'
import { PlainScreen } from './plain_screen.tsx'
import { Viewer } from './viewer.tsx'

interface Props {
  id: string
  /** Controls that other parts of the page have for this job, such as Share. */
  actions?: (jobRef: JobRef, job: Job) => ReactNode
}

/** The viewer of a job of this browser, whose owner may do everything. */
export function ViewerPage({ id, actions }: Props) {
  const { viewer: text } = useText()
  const { entries } = useJobs()
  const entry = entries.find((one) => one.ref.id === id)
  if (!entry) return <PlainScreen title={text.transcript} line={text.noToken} />
  const { ref, job } = entry
  if (!job) return <PlainScreen title={id} line={text.loading} />
  const may = { edit: true, share: true, media: true, delete: true }
  return <Viewer jobRef={ref} job={job} may={may} actions={actions?.(ref, job)} />
}
