import type { ffmpegEn } from '../en/ffmpeg.ts'
import type { Words } from '../words.ts'

export const ffmpegDe: Words<typeof ffmpegEn> = {
  about: 'FFmpeg kann diese Art Datei lesen. Es wird einmal geladen (32 MB) und holt den Ton hier heraus, auf diesem Gerät. Danach beginnt das Hochladen neu, nur mit dem Ton.',
  license: 'FFmpeg ist freie Software unter der GNU General Public License, Version 2 oder später. Quelltext:',
  start: 'FFmpeg laden und versuchen',
  no: 'Die ganze Datei hochladen',
}
