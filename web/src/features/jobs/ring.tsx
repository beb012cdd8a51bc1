import type { Entry } from '@/jobs/store.ts'
import { isActive } from '@/jobs/merge.ts'

/** The share of all running jobs that is done, each counted by its length where that is known; null when none runs. */
export function overallShare(entries: readonly Entry[]): number | null {
  const active = entries.flatMap(({ job }) => (job && isActive(job) ? [job] : []))
  if (active.length === 0) return null
  const known = active.flatMap((job) => job.duration_ms ?? [])
  const usual = known.length > 0 ? known.reduce((sum, one) => sum + one, 0) / known.length : 1
  const [done, whole] = active.reduce(
    ([sum, of], { progress, duration_ms }) => [sum + (progress / 100) * (duration_ms ?? usual), of + (duration_ms ?? usual)],
    [0, 0],
  )
  return done / whole
}

const RADIUS = 8
const LENGTH = 2 * Math.PI * RADIUS

export function Ring({ share }: { share: number }) {
  return (
    <svg aria-hidden viewBox="0 0 20 20" className="size-5 -rotate-90" data-share={share.toFixed(2)}>
      <circle cx="10" cy="10" r={RADIUS} fill="none" strokeWidth="2.5" className="stroke-line" />
      <circle
        cx="10"
        cy="10"
        r={RADIUS}
        fill="none"
        strokeWidth="2.5"
        strokeLinecap="round"
        strokeDasharray={`${share * LENGTH} ${LENGTH}`}
        className="stroke-accent transition-[stroke-dasharray] duration-200"
      />
    </svg>
  )
}
