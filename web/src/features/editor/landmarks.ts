import type { Revisions } from '@/backend/transcripts.ts'

type Revision = Revisions['revisions'][number]

const APART_MS = 5 * 60_000

/** Of revisions, newest first, those that somebody may look for: saves of one stretch of writing count as one. */
export function landmarks(revisions: readonly Revision[]): Revision[] {
  return revisions.filter((revision, at) => {
    const later = revisions[at - 1]
    if (!later || revision.restored_from !== null || later.restored_from !== null) return true
    return Date.parse(later.saved_at) - Date.parse(revision.saved_at) > APART_MS
  })
}
