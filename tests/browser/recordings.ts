/** Recordings as files on this disk, for a browser to choose. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PYTHON, REPOSITORY } from './edition.ts'

const RATE_HZ = 16_000
const HEADER_BYTES = 44
const folder = mkdtempSync(join(tmpdir(), 'aisubs-recordings-'))

/** A WAV file of faint noise, quickly transcribed since nobody speaks. 32 kB a second; `seed` makes another one. */
export function quietRecording(name: string, seconds: number, seed = 1): string {
  const samples = seconds * RATE_HZ
  const file = Buffer.alloc(HEADER_BYTES + samples * 2)
  wavHeader(samples * 2, 2).copy(file)
  let state = seed
  for (let at = 0; at < samples; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0 // so that no part of the file is like another
    file.writeInt16LE((state >>> 28) - 8, HEADER_BYTES + at * 2)
  }
  return write(name, file)
}

/** Hours of silence that take no room on the disk: the file has a hole. */
export function hoursOfSilence(name: string, hours: number): string {
  const bytes = hours * 3600 * RATE_HZ
  const path = write(name, wavHeader(bytes, 1))
  truncateSync(path, HEADER_BYTES + bytes)
  return path
}

/** A file with a hole of `bytes`, and nothing else. */
export function hole(name: string, bytes: number): string {
  const path = write(name, '')
  truncateSync(path, bytes)
  return path
}

/** A video whose sound (32 kB a second, as above, or that of the file `sound`) is a small part of it. */
export function video(name: string, seconds: number, seed: number, sound?: string, padded = true): string {
  const path = write(name, '')
  const script = join(REPOSITORY, 'tests', 'browser', 'make_video.py')
  execFileSync(PYTHON, [script, path, String(seconds), String(seed), ...(sound ? [sound] : [])])
  return padded ? withMorePicture(path) : path
}

/** A film in which somebody speaks in the second audio track alone, as the file `sound`. */
export function twoTracks(name: string, sound: string): string {
  const path = write(name, '')
  const script = join(REPOSITORY, 'tests', 'browser', 'make_tracks.py')
  execFileSync(PYTHON, [script, path, sound], { env: { ...process.env, PYTHONPATH: REPOSITORY } })
  return withMorePicture(path)
}

/** The sample as a telephone system records it: Clara on one channel, the others on the second. */
export function twoSides(name: string): string {
  const path = write(name, '')
  const make = 'import sys, pathlib; from tests.two_sides import two_sides, write_stereo; write_stereo(two_sides().samples, pathlib.Path(sys.argv[1]))'
  execFileSync(PYTHON, ['-c', make, path], { cwd: REPOSITORY })
  return path
}

/** Players skip a box of this type, as the taking out of the sound skips the picture's bytes. */
export function withMorePicture(path: string): string {
  const box = Buffer.alloc(statSync(path).size * 6)
  box.writeUInt32BE(box.length, 0)
  box.write('free', 4)
  appendFileSync(path, box)
  return path
}

/** A file named as a video that has the sound of another one and no picture. */
export function soundAlone(name: string, of: string): string {
  const path = write(name, '')
  const script = `import av, sys
with av.open(sys.argv[2]) as source, av.open(sys.argv[1], 'w') as file:
    sound = file.add_stream_from_template(source.streams.audio[0])
    for packet in source.demux(audio=0):
        if packet.dts is not None:
            packet.stream = sound
            file.mux(packet)`
  execFileSync(PYTHON, ['-c', script, path, of])
  return path
}

/** "video", "audio" and "subtitle", as they lie in a file. */
export function streamsOf(path: string): string[] {
  const ask = 'import av, json, sys; print(json.dumps([stream.type for stream in av.open(sys.argv[1]).streams]))'
  return JSON.parse(execFileSync(PYTHON, ['-c', ask, path], { encoding: 'utf8' })) as string[]
}

function wavHeader(bytes: number, sampleBytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + bytes, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(RATE_HZ, 24)
  header.writeUInt32LE(RATE_HZ * sampleBytes, 28)
  header.writeUInt16LE(sampleBytes, 32)
  header.writeUInt16LE(sampleBytes * 8, 34)
  header.write('data', 36)
  header.writeUInt32LE(bytes, 40)
  return header
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
export const hashesUnder = (root: string, size: number): string[] => filesUnder(root, size).map(sha256)

/** All files of this size under a folder. */
export function filesUnder(root: string, size: number): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.size === size)
}
