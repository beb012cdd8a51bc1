export const notifyEn = {
  title: 'Turn on',
}
