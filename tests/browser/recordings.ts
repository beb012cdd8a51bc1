/** Recordings as files on this disk, for a browser to choose. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const RATE_HZ = 16_000
const folder = mkdtempSync(join(tmpdir(), 'aisubs-recordings-'))

/** A WAV file of faint noise, quickly transcribed since nobody speaks. 32 kB a second; `seed` makes another one. */
export function quietRecording(name: string, seconds: number, seed = 1): string {
  const samples = seconds * RATE_HZ
  const file = Buffer.alloc(44 + samples * 2)
  file.write('RIFF', 0)
  file.writeUInt32LE(36 + samples * 2, 4)
  file.write('WAVEfmt ', 8)
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(RATE_HZ, 24)
  file.writeUInt32LE(RATE_HZ * 2, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36)
  file.writeUInt32LE(samples * 2, 40)
  let state = seed
  for (let at = 0; at < samples; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0 // so that no part of the file is like another
    file.writeInt16LE((state >>> 28) - 8, 44 + at * 2)
  }
  return write(name, file)
}

export function write(name: string, content: Buffer | string): string {
  const path = join(mkdtempSync(join(folder, 'x')), name)
  writeFileSync(path, content)
  return path
}

/** Call it when the tests of a file are over. */
export const removeRecordings = (): void => rmSync(folder, { recursive: true, force: true })

export const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

/** Hashes of all files of this size under a folder. */
export function hashesUnder(root: string, size: number): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.size === size)
    .map(sha256)
}
