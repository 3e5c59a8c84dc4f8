import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { heatColor, heatPixels, heatRange } from './heat-color.ts'

function lightness([red, green, blue]: readonly [number, number, number]): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

describe('colours', () => {
  it('rise in lightness from end to end', () => {
    let before = -1
    for (let share = 0; share <= 1; share += 0.05) {
      const now = lightness(heatColor(share))
      expect(now).toBeGreaterThan(before)
      before = now
    }
  })

  it('on both sides of 0 rise towards the middle and fall behind it', () => {
    for (let share = 0.05; share <= 0.5; share += 0.05) {
      expect(lightness(heatColor(share, 'diverging'))).toBeGreaterThan(
        lightness(heatColor(share - 0.05, 'diverging')),
      )
      expect(lightness(heatColor(1 - share, 'diverging'))).toBeGreaterThan(
        lightness(heatColor(1.05 - share, 'diverging')),
      )
    }
  })
})

describe('what the colours span', () => {
  it('is all finite numbers, evenly around 0 where they stand on both sides', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noDefaultInfinity: false }), { minLength: 1 }), (numbers) => {
        const range = heatRange(numbers, false)
        const finite = numbers.filter(Number.isFinite)
        expect(range === undefined).toBe(finite.length === 0)
        if (!range) return
        for (const number of finite) {
          if (number < range.low || number > range.high) throw new Error(`${number} is outside`)
        }
        if (range.scale === 'diverging' && range.low !== -range.high) throw new Error('not even')
      }),
    )
  })

  it('leaves the outermost hundredth out where it is clipped', () => {
    const numbers = [...Array.from({ length: 998 }, (_, i) => i), 1e9, 1e9]
    expect(heatRange(numbers, false)).toMatchObject({ low: 0, high: 1e9 })
    expect(heatRange(numbers, true)?.high).toBeLessThan(1000)
  })
})

it('draws what is no number as a grey check, also beside huge numbers', () => {
  const range = heatRange([-1.7e308, 1.7e308, Number.NaN, Number.NaN], false)!
  const pixels = heatPixels([-1.7e308, 1.7e308, Number.NaN, Number.NaN], 4, range)
  const pixel = (i: number): number[] => Array.from(pixels.subarray(4 * i, 4 * i + 3))
  expect(pixel(0)).toEqual(heatColor(0, 'diverging'))
  expect(pixel(1)).toEqual(heatColor(1, 'diverging'))
  expect(new Set(pixel(2)).size).toBe(1)
  expect(pixel(3)).not.toEqual(pixel(2))
})
