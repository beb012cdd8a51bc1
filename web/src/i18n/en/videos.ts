/** Videos with subtitles in the panel of downloads; they come with what makes them. */
export const videosEn = {
  title: 'Video with subtitles',
  about: 'The server makes a copy of the video. It goes on when this is closed.',
  how: 'Subtitles',
  kinds: { mux: 'To switch on and off', burn: 'Drawn into the picture' },
  hints: {
    mux: 'A track inside the file. Picture and sound stay as they are. Quick.',
    burn: 'They are seen everywhere and cannot be switched off. Takes about as long as the video plays.',
  },
  language: 'Language',
  original: 'As it is spoken',
  make: 'Make the video',
  made: 'Videos with subtitles',
  waits: 'Waits for its turn',
  making: (name: string) => `${name} is being made`,
  percent: (percent: number) => `${percent} %`,
  ready: (name: string) => `${name} is ready.`,
  download: 'Download',
  downloadNamed: (name: string) => `Download ${name}`,
  delete: (name: string) => `Delete ${name}`,
  deleted: (name: string) => `${name} is deleted.`,
}
