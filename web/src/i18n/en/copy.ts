export const copyEn = {
  again: (name: string) => `Open ${name} again`,
  moved: (name: string) => `${name} is not where it was. Choose it again.`,
  showPicture: 'Show the picture from your copy',
}
