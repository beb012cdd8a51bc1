/** Where the bytes of an upload come from after a reload: private files, a kept permission, or the same file again. */
import type { Extracts } from './extracts.ts'
import { fingerprint } from './fingerprint.ts'
import type { FileHandle, UploadRecord } from './record.ts'
import type { Task } from './task.ts'

export type Fit = 'same' | 'size' | 'content' | 'gone'

/** Gives the task what it can have without a question. True when it can go on by itself. */
export async function recover(task: Task, record: UploadRecord, extracts: Extracts | null): Promise<boolean> {
  if (record.extract) {
    task.body = (await extracts?.open(record.key, record.extract)) ?? null
    if (task.body) return true
  }
  if (!record.handle || (await permission(record.handle)) !== 'granted') return false
  return (await reopen(task, record.handle, record)) === 'same'
}

/** The file behind a handle, if it still is the one that was chosen. */
export async function reopen(task: Task, handle: FileHandle, record: UploadRecord): Promise<Fit> {
  try {
    const file = await handle.getFile()
    const fit = await compare(file, record)
    if (fit === 'same') task.file = file
    return fit
  } catch {
    return 'gone'
  }
}

/** Anything but the very same file would make a broken object of two halves. */
export async function compare(file: File, record: UploadRecord): Promise<Fit> {
  if (file.size !== record.size) return 'size'
  if (record.fingerprint === null) return 'same' // not a byte of it was sent
  const proof = await fingerprint(file).catch(() => null)
  return proof === record.fingerprint ? 'same' : 'content'
}

async function permission(handle: FileHandle): Promise<PermissionState> {
  try {
    return (await handle.queryPermission?.({ mode: 'read' })) ?? 'granted'
  } catch {
    return 'denied'
  }
}
