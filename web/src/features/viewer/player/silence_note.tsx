import { Suspense } from 'react'
import type { Job } from '@/backend/types.ts'
import { shortDate } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import type { Messages } from '@/i18n/en.ts'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import { useNow } from '../../clock.ts'
import { OwnCopy } from './player_options.tsx'
import type { Recording, Silence } from './recording.ts'

const KeptCopy = lazyChunk(() => import('./kept_copy.tsx'), 'KeptCopy')

/** Why nothing can be heard, and how it can be all the same. */
export function SilenceNote({ recording, job }: { recording: Recording; job: Job }) {
  const text = useText()
  const locale = useLanguage()
  const now = useNow(60_000)
  const { silence, refused, choose } = recording
  if (silence === null) return null
  const wrong = silence === 'wrong-length' || silence === 'unplayable'
  const gone = job.expires_at !== null && Date.parse(job.expires_at) < now ? shortDate(locale, job.expires_at) : null
  return (
    <div className="grid gap-2 rounded-card border border-line bg-surface p-4">
      <p role={wrong ? 'alert' : undefined} className={wrong ? 'text-sm text-danger' : 'text-sm'}>
        {sentence(silence, text, gone)}
      </p>
      <p className="flex flex-wrap gap-2">
        <OwnCopy onChoose={choose} label={text.viewer.playOwn} />
        <Suspense>
          <KeptCopy jobId={job.job_id} choose={choose} refused={refused} />
        </Suspense>
      </p>
    </div>
  )
}

function sentence(silence: Silence, text: Messages, gone: string | null): string {
  if (typeof silence === 'object') return errorText(text, silence.fault.code, silence.fault.message)
  return {
    gone: text.viewer.gone(gone),
    'not-shared': text.viewer.notShared,
    'not-yet': text.viewer.recordingNotYet,
    unplayable: text.viewer.cannotPlay,
    'wrong-length': text.viewer.wrongLength,
  }[silence]
}
