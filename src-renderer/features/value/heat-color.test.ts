import { expect, it } from 'vitest'
import { heatColor } from './heat-color.ts'

it('rises in lightness from end to end', () => {
  let before = -1
  for (let share = 0; share <= 1; share += 0.05) {
    const [red, green, blue] = heatColor(share)
    const lightness = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    expect(lightness).toBeGreaterThan(before)
    before = lightness
  }
})

it('shows what is no number as nothing, and what is infinite as an end', () => {
  expect(heatColor(Number.NaN)[3]).toBe(0)
  expect(heatColor(Number.POSITIVE_INFINITY)).toEqual(heatColor(1))
})
