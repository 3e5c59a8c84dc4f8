import { describe, expect, it } from 'vitest'
import { densityPixels, meanPixels } from './spy-color.ts'

const opacities = (pixels: Uint8ClampedArray) => [...pixels].filter((_, i) => i % 4 === 3)

describe('cells of a spy plot', () => {
  it('are clear where nothing is stored, and darker the more is', () => {
    const { pixels, most } = densityPixels({ counts: [0, 1, 30, 4000], means: [], width: 2 }, 'light')
    const [none, one, some, many] = opacities(pixels)
    expect([none, many, most]).toEqual([0, 255, 4000])
    expect(one).toBeGreaterThan(100)
    expect(some).toBeGreaterThan(one!)
  })

  it('have the colour of their mean, grey where it is not finite', () => {
    const cells = { counts: [1, 2, 0, 1], means: [-1, 1, Number.NaN, Number.NaN], width: 4 }
    const { pixels, range } = meanPixels(cells)!
    expect(range).toEqual({ low: -1, high: 1, scale: 'diverging' })
    expect(opacities(pixels)).toEqual([255, 255, 0, 255])
    expect(new Set(pixels.slice(12, 15)).size).toBe(1)
    expect(meanPixels({ counts: [1], means: [Number.NaN], width: 1 })).toBeUndefined()
  })
})
