/** One upload as it is kept over a reload. */
import * as v from 'valibot'
import { Session } from '@/backend/types.ts'

/** Permission to read one file again, where the browser gives such a thing. Survives in IndexedDB, not in JSON. */
export interface FileHandle {
  readonly kind: 'file'
  getFile(): Promise<File>
  /** Chromium's; without them the file may be read. */
  queryPermission?(wish: { mode: 'read' }): Promise<PermissionState>
  requestPermission?(wish: { mode: 'read' }): Promise<PermissionState>
}

const Handle = v.custom<FileHandle>(
  (value) => typeof value === 'object' && value !== null && typeof (value as Partial<FileHandle>).getFile === 'function',
)

export const UploadRecord = v.object({
  v: v.literal(1),
  /** Also the Idempotency-Key, so a reload between question and answer makes no second job. */
  key: v.pipe(v.string(), v.minLength(32)),
  name: v.string(),
  size: v.number(),
  type: v.string(),
  fingerprint: v.nullable(v.string()),
  options: v.record(v.string(), v.unknown()),
  phase: v.picklist(['announcing', 'sending', 'paused']),
  job: v.nullable(v.object({ id: v.string(), token: v.string() })),
  session: v.nullable(v.object({ ...Session.entries, expires_at: v.optional(v.nullable(v.string()), null) })),
  confirmed: v.number(),
  at: v.number(),
  /** Send the file as it is, its pictures too. */
  whole: v.optional(v.boolean(), true),
  /** The sound taken out of it, among the origin's private files; it is what is sent. */
  extract: v.optional(v.nullable(v.object({ size: v.number(), type: v.string() })), null),
  /** The name of the text that comes with it, which is among the options. */
  script: v.optional(v.nullable(v.string()), null),
  /** SHA-256 of the file, once it is known. */
  hash: v.optional(v.nullable(v.string()), null),
  handle: v.optional(v.nullable(v.fallback(v.nullable(Handle), null)), null),
  /** Of an upload in parts: their ETags so far, '' for those not yet sent. */
  etags: v.optional(v.array(v.string()), () => []),
})
/** What IndexedDB holds. The session's address is a secret; the record goes as soon as the upload is over. */
export type UploadRecord = v.InferOutput<typeof UploadRecord>
