/** The files of a drop, those in folders too. */
import type { FileHandle } from '@/upload/record.ts'
import type { Chosen } from '@/upload/task.ts'

/** Chromium's, and only there: with a handle an upload goes on after a reload with one click. */
type Item = DataTransferItem & { getAsFileSystemHandle?: () => Promise<{ kind: string } | null> }

export async function filesOf(transfer: DataTransfer): Promise<Chosen[]> {
  // All has to be taken before the first await: the list is emptied when the event is over.
  const items = [...transfer.items].filter((item) => item.kind === 'file') as Item[]
  const entries = items.map((item) => item.webkitGetAsEntry())
  const handles = items.map(async (item) => (await item.getAsFileSystemHandle?.().catch(() => null)) ?? null)
  const plain = [...transfer.files]
  if (entries.some((entry) => entry?.isDirectory)) {
    const found = await Promise.all(entries.map((entry) => (entry ? walk(entry) : Promise.resolve([]))))
    return found.flat().map((file) => ({ file, handle: null }))
  }
  const given = await Promise.all(handles)
  return plain.map((file, at) => ({ file, handle: asFile(given[at]) }))
}

const asFile = (handle: { kind: string } | null | undefined): FileHandle | null =>
  handle?.kind === 'file' ? (handle as FileHandle) : null

async function walk(entry: FileSystemEntry): Promise<File[]> {
  if (entry instanceof FileSystemFileEntry) return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))]
  if (!(entry instanceof FileSystemDirectoryEntry) || entry.name.startsWith('.')) return []
  const reader = entry.createReader()
  const files: File[] = []
  for (;;) {
    // A reader gives at most 100 at a time, and an empty list at the end.
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (batch.length === 0) return files
    for (const inner of batch) files.push(...(await walk(inner)))
  }
}
