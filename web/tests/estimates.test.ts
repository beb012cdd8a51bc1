/** How long it takes beside others. */
import { expect, test } from 'vitest'
import { sharedS } from '@/features/upload/estimates.ts'

test.each([
  [420, [], 420],
  [420, [240], 660], // "7 min" took 11
  [420, [900], 840],
  [60, [240, 30, 0], 150],
  [0, [240], 0],
])('%i s of work beside %j are done after %i s', (own, others, wall) => {
  expect(sharedS(own, others)).toBe(wall)
})

test('that is what a machine does which gives each a slice in turn', () => {
  for (const [own, others] of [[7, [4, 9, 2]], [3, [3, 3]], [12, [1]]] as const) {
    let [left, passed]: [number, number] = [own, 0]
    const rest: number[] = [...others]
    while (left > 1e-9) {
      const slice = 1e-3
      left -= slice
      passed += slice
      for (const [at, other] of rest.entries()) if (other > 1e-9) [rest[at], passed] = [other - slice, passed + slice]
    }
    expect(passed).toBeCloseTo(sharedS(own, others), 1)
  }
})
