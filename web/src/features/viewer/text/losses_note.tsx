import { TriangleAlert } from 'lucide-react'
import type { Job } from '@/backend/types.ts'
import { useText } from '@/i18n/language.ts'
import { lossesLine, placeName } from '@/i18n/losses.ts'
import { Button } from '@/ui/button.tsx'

/** What of the recording the machine could not make out, with a way to each place. */
export function LossesNote({ job, onSeek }: { job: Job; onSeek: (ms: number) => void }) {
  const { losses: text } = useText()
  const line = lossesLine(job.losses, text, 0)
  if (line === null) return null
  return (
    <div role="note" className="grid gap-2 rounded-card border border-line bg-surface p-4 text-sm">
      <p className="flex items-start gap-2">
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        {line}
      </p>
      {(job.losses?.places.length ?? 0) > 0 && (
        <ul className="flex flex-wrap gap-1">
          {job.losses?.places.map((place) => (
            <li key={place[0]}>
              <Button kind="quiet" small aria-label={text.listenAt(placeName(place))} onClick={() => onSeek(place[0])}>
                {placeName(place)}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
