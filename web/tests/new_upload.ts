import type { Upload } from '@/upload/phases.ts'

/** A file that was just chosen. */
export const NEW_UPLOAD: Upload = {
  key: 'a'.repeat(32),
  name: 'talk.mp4',
  size: 1000,
  type: 'video/mp4',
  durationMs: null,
  phase: { name: 'inspecting' },
  jobId: null,
  share: 0,
  speed: null,
  leftS: null,
  extractSize: null,
  whole: null,
  reload: 'file',
  mirrored: false,
  script: null,
}
