export const editorEn = {
  title: 'Edit',
}
