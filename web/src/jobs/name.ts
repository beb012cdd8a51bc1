import type { Job } from '@/backend/types.ts'

/** What people call it, or what its file is called. */
export const nameOf = ({ title, filename }: Pick<Job, 'title' | 'filename'>): string => title ?? filename
