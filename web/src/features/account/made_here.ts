import type { Services } from '../services.ts'

/** How many recordings this browser has by rights of its own, not by whoever is signed in. Rejects with BackendError. */
export async function madeHere({ identity, backend, jobs }: Pick<Services, 'identity' | 'backend' | 'jobs'>): Promise<number> {
  const own = new Set(jobs.getSnapshot().entries.flatMap(({ held, ref }) => (held ? [] : [ref.id])))
  const libraries = await Promise.all(identity.leftBehind.map((key) => backend.ownJobs(key, { perPage: 1 })))
  const inLibraries = libraries.reduce((sum, { total }) => sum + total, 0)
  return Math.max(inLibraries, own.size)
}
