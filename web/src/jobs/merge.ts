/** One rule for every source of job state: the higher version wins, and what was seen to rise does not fall. */
import type { Job } from '@/backend/types.ts'

/** `known` itself when `news` says nothing new. */
export function merge(known: Job | null, news: Job): Job {
  if (known === null || news.version > known.version) return news
  if (news.version < known.version) return known
  const same =
    news.position === known.position && news.eta_s === known.eta_s && news.progress_ms <= known.progress_ms
  if (same) return known
  // Place and estimate change without the row; progress within a version may only rise.
  return {
    ...news,
    progress: Math.max(news.progress, known.progress),
    progress_ms: Math.max(news.progress_ms, known.progress_ms),
  }
}

export const isActive = (job: Job): boolean =>
  job.status === 'uploading' || job.status === 'pending' || job.status === 'processing'
