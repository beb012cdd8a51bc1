/** The sound of videos, taken out here and kept in the origin's private files until it is uploaded. They outlive the
 *  page, so an upload from there goes on after a reload or a crash without a question. */
import type { Extracted } from './extract.worker.ts'
import copyUrl from './extract.worker.ts?worker&url'
import ffmpegUrl from './ffmpeg.worker.ts?worker&url'
import { inWorker, WorkerFault } from './worker_task.ts'

const FOLDER = 'uploads'
const KEPT_MS = 7 * 24 * 3600 * 1000

/** 'ffmpeg' reads nearly everything and is 32 MB, so it is loaded for those only who ask for it. */
export type Method = 'copy' | 'ffmpeg'
const WORKERS: { [method in Method]: string } = { copy: copyUrl, ffmpeg: ffmpegUrl }

type Tell = (share: number, bytes: number) => void

export interface Extracts {
  /** Rejects with WorkerFault: 'no_saving', 'unreadable', 'no_space', 'stopped', or a sentence of no use to people. */
  make(
    key: string,
    file: File,
    method: Method,
    signal: AbortSignal,
    onProgress: Tell,
  ): Promise<File>
  /** Null when it is not there, or not whole. */
  open(key: string, facts: { size: number; type: string }): Promise<File | null>
  remove(key: string): Promise<void>
  /** Deletes what belongs to no upload, and what is older than any upload can be. */
  sweep(known: () => Promise<ReadonlySet<string> | null>): Promise<void>
}

/** Null where the browser has no private files (pages over plain HTTP, some private windows). */
export function browserExtracts(): Extracts | null {
  const storage = (navigator as { storage?: StorageManager }).storage
  if (typeof storage?.getDirectory !== 'function') return null
  const folder = async (): Promise<FileSystemDirectoryHandle> =>
    (await storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true })
  let line: Promise<unknown> = Promise.resolve()

  async function make(key: string, file: File, method: Method, signal: AbortSignal, tell: Tell): Promise<File> {
    const target = await (await folder()).getFileHandle(key, { create: true })
    const { type, size } = await inWorker<Extracted>(WORKERS[method], { file, target }, signal, tell)
    const made = await target.getFile()
    // Chromium over its quota takes writes and keeps a part of them, without a word.
    if (made.size !== size) throw new WorkerFault('no_space')
    return typed(made, type)
  }

  const all: Extracts = {
    async make(key, file, method, signal, onProgress) {
      // One at a time: each reads a whole video.
      const mine = line.then(() => make(key, file, method, signal, onProgress))
      line = mine.catch(() => undefined)
      try {
        return await mine
      } catch (fault) {
        await all.remove(key)
        throw fault
      }
    },
    async open(key, { size, type }) {
      try {
        const file = await (await (await folder()).getFileHandle(key)).getFile()
        return file.size === size ? typed(file, type) : null
      } catch {
        return null
      }
    },
    async remove(key) {
      try {
        await (await folder()).removeEntry(key)
      } catch {
        // It was never made, or a worker that is just ending still holds it: the sweep of the next start takes it.
      }
    },
    async sweep(known) {
      try {
        const found: [string, FileSystemHandle][] = []
        for await (const entry of await folder()) found.push(entry)
        // Asked for afterwards: an upload is written down before its file is made.
        const keys = await known()
        if (!keys) return
        for (const [name, handle] of found) {
          const old = handle instanceof FileSystemFileHandle && (await handle.getFile()).lastModified < Date.now() - KEPT_MS
          if (!keys.has(name) || old) await all.remove(name)
        }
      } catch {
        // Tidying up is nothing to trouble anybody with.
      }
    },
  }
  return all
}

const typed = (file: File, type: string): File => new File([file], file.name, { type })
