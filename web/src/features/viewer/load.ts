import { useEffect, useState } from 'react'
import { asBackendError, type Backend, BackendError } from '@/backend/backend.ts'
import type { Job, JobRef } from '@/backend/types.ts'
import { type Columns, parseColumns } from '@/transcript/columns.ts'

const NOTHING_YET = ['uploading', 'pending']

/** The transcript of a job, again whenever there is notably more of it. */
export function useColumns(
  backend: Backend,
  ref: JobRef,
  job: Job,
): { columns: Columns | null; fault: BackendError | null } {
  const [columns, setColumns] = useState<Columns | null>(null)
  const [fault, setFault] = useState<BackendError | null>(null)
  const { status } = job
  // Twice as much text is worth eight looks: however long the recording, the whole is loaded a few times only.
  const milestone = Math.floor(Math.log2(job.windows + 1) * 8)
  const { id, token } = ref
  useEffect(() => {
    if (NOTHING_YET.includes(status)) return
    let left = false
    const load = async (): Promise<void> => {
      const { blob } = await backend.download({ id, token }, 'columnar', { partial: status !== 'completed' })
      const text = await blob.text()
      if (left) return
      setColumns(parsed(text))
      setFault(null)
    }
    load().catch((error: unknown) => !left && setFault(asBackendError(error)))
    return () => void (left = true)
  }, [backend, id, token, status, milestone])
  return { columns, fault }
}

function parsed(text: string): Columns {
  try {
    return parseColumns(text)
  } catch (error) {
    throw new BackendError('unreadable', String(error), false)
  }
}
