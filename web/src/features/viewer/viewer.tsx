import type { ReactNode } from 'react'
import type { Job, JobRef } from '@/backend/types.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { nameOf } from '@/jobs/name.ts'
import { useServices } from '../services.ts'
import { useTranscript } from './open_transcript.ts'
import { PlainScreen } from './plain_screen.tsx'
import { Screen } from './screen.tsx'
import './viewer.css'

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
  const { backend } = useServices()
  const { jobRef, job, may } = props
  const opened = useTranscript(backend, jobRef, job, !may.edit)
  if (opened?.transcript.phase === 'ready') return <Screen {...props} opened={opened} />
  const fault = opened?.transcript.phase === 'failed' ? opened.transcript.fault : null
  if (fault) return <PlainScreen title={nameOf(job)} line={errorText(text, fault.code, fault.message)} />
  const waits = job.status === 'pending' || job.status === 'uploading'
  return <PlainScreen title={nameOf(job)} line={waits ? text.viewer.notYet : text.viewer.loading} />
}
