export const shareEn = {
  title: 'Share',
}
