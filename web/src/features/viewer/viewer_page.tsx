import { type ReactNode, useEffect, useState } from 'react'
import type { Job, JobRef } from '@/backend/types.ts'
import { useText } from '@/i18n/language.ts'
import { useIdentity, useJobs, useServices } from '../services.ts'
import { PlainScreen } from './plain_screen.tsx'
import { Viewer } from './viewer.tsx'

interface Props {
  id: string
  /** Controls that other parts of the page have for this job, such as Share. */
  actions?: (jobRef: JobRef, job: Job) => ReactNode
}

/** The viewer of a job of this browser or of its library, whose owner may do everything. */
export function ViewerPage({ id, actions }: Props) {
  const { viewer: text } = useText()
  const { entries } = useJobs()
  const entry = entries.find((one) => one.ref.id === id)
  const nowhere = useOpenedById(id, entry !== undefined)
  if (!entry) return <PlainScreen title={text.transcript} line={nowhere ? text.noToken : text.loading} />
  const { ref, job } = entry
  if (!job) return <PlainScreen title={id} line={text.loading} />
  const may = { edit: true, share: true, media: true, delete: true }
  return <Viewer jobRef={ref} job={job} may={may} actions={actions?.(ref, job)} />
}

/** Of a library only the newest are in the list of this browser; one that is opened by its address is asked for. True: there is
 *  no such job, for this browser. */
function useOpenedById(id: string, known: boolean): boolean {
  const { feed } = useServices()
  const { token } = useIdentity()
  const [missing, setMissing] = useState<string | null>(null)
  const asked = `${id} ${token ?? ''}`
  useEffect(() => {
    if (known) return
    let left = false
    const learn = (there: boolean): void => void (!left && !there && setMissing(asked))
    feed.open(id).then(learn, () => learn(false))
    return () => void (left = true)
  }, [feed, id, known, asked])
  return missing === asked
}
