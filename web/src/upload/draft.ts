/** Writing to a file among the origin's private ones, from a worker, at any place in it. */
export interface Draft {
  write(data: Uint8Array<ArrayBuffer>, position: number): void | Promise<void>
  close(): void | Promise<void>
}

/** What TypeScript's page library lacks, since only workers have it. */
interface SyncAccess {
  write(data: Uint8Array<ArrayBuffer>, options: { at: number }): number
  truncate(size: number): void
  flush(): void
  close(): void
}
type Handle = Omit<FileSystemFileHandle, 'createWritable'> & {
  createSyncAccessHandle?: () => Promise<SyncAccess>
  createWritable?: FileSystemFileHandle['createWritable']
}

/** Empties the file. Safari had only the first of the two ways for years, other browsers have both. */
export async function openDraft(target: Handle): Promise<Draft> {
  if (target.createSyncAccessHandle) {
    const access = await target.createSyncAccessHandle()
    access.truncate(0)
    return {
      write(data, position) {
        if (access.write(data, { at: position }) < data.byteLength) throw new DOMException('', 'QuotaExceededError')
      },
      close() {
        access.flush()
        access.close()
      },
    }
  }
  if (!target.createWritable) throw new Error('no way to write private files')
  const writable = await target.createWritable()
  return { write: (data, position) => writable.write({ type: 'write', data, position }), close: () => writable.close() }
}
