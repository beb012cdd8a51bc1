/** The other way to the sound of a video. */
export const ffmpegEn = {
  about: 'FFmpeg can read this kind of file. It is loaded once (32 MB) and takes out the sound here, on this device. The upload then begins again, with the sound alone.',
  license: 'FFmpeg is free software under the GNU General Public License, version 2 or later. Source:',
  start: 'Load FFmpeg and try',
  no: 'Upload the whole file',
}
