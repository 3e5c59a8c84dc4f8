import { expect, it } from 'vitest'
import { logScale } from './log-scale.ts'

it('spans whole decades around the numbers, whatever they are', () => {
  const { place, ticks } = logScale([2, 300, 45])
  expect(ticks).toEqual([1, 10, 100, 1000])
  expect([place(1), place(1000)]).toEqual([0, 1])
  expect(place(31.622776601683793)).toBeCloseTo(0.5)
  for (const values of [[], [100], [1e-300, 1e300], [Number.POSITIVE_INFINITY, 5], [0, 7]]) {
    const scale = logScale(values)
    expect(scale.ticks.length).toBeGreaterThan(0)
    expect(scale.ticks.length).toBeLessThan(8)
    expect(Number.isFinite(scale.place(5))).toBe(true)
  }
})
