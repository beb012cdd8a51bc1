export const shareEn = {
  title: 'Share',
  of: (name: string) => `Share: ${name}`,
}
