/** Writing to a file among the origin's private ones, from a worker, at any place in it. */
export interface Draft {
  write(data: Uint8Array<ArrayBuffer>, position: number): void | Promise<void>
  /** How many bytes it should hold. Throws what a write has thrown: muxers are not reliable messengers of the last one. */
  check(): number
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
    let fault: Error | null = null
    let size = 0
    return {
      write(data, position) {
        size = Math.max(size, position + data.byteLength)
        try {
          // A disk that is full takes a part, and says so by no more than this number.
          if (access.write(data, { at: position }) < data.byteLength) throw new DOMException('', 'QuotaExceededError')
        } catch (thrown) {
          fault ??= thrown as Error
          throw thrown
        }
      },
      check() {
        if (fault) throw fault
        return size
      },
      close() {
        access.flush()
        access.close()
      },
    }
  }
  if (!target.createWritable) throw new Error('no way to write private files')
  const writable = await target.createWritable()
  let fault: Error | null = null
  let size = 0
  return {
    write(data, position) {
      size = Math.max(size, position + data.byteLength)
      return writable.write({ type: 'write', data, position }).catch((thrown: unknown) => {
        fault ??= thrown as Error
      })
    },
    check() {
      if (fault) throw fault
      return size
    },
    close: () => writable.close(),
  }
}
