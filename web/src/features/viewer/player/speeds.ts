export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]

/** The next speed up or down, or the same at the ends. */
export function nextSpeed(rate: number, step: 1 | -1): number {
  const others = step > 0 ? SPEEDS.filter((one) => one > rate) : SPEEDS.filter((one) => one < rate).reverse()
  return others[0] ?? rate
}
