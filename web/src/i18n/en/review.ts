export const reviewEn = {
  typeText: 'Type the text',
  typeMissing: (n: number) => (n === 1 ? 'Type 1 place that was not understood' : `Type ${n} places that were not understood`),
}
