import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isDrawable,
  lineAxis,
  looksOf,
  parseAxes,
  parseIndex,
  parseSpan,
  shownAxes,
  sideAxis,
  zoomed,
} from './array-looks.ts'

describe('looks', () => {
  it.each([
    ['float64', [500], ['lines']],
    ['float64', [3], []],
    ['float64', [500, 3], ['lines', 'heat']],
    ['float64', [3, 500], ['lines', 'heat']],
    ['float64', [240, 96], ['heat', 'lines', 'image']],
    ['float64', [3, 3], []],
    ['uint8', [240, 96], ['image', 'heat', 'lines']],
    ['uint8', [240, 96, 3], ['image', 'lines', 'heat']],
    ['>f4', [3, 240, 96], ['image', 'heat', 'lines']],
    ['float64', [1000, 64, 3], ['lines', 'heat', 'image']],
    ['float32', [3, 4, 20, 30], ['heat', 'lines', 'image']],
    ['uint16', [240, 96, 3], ['image', 'lines', 'heat']],
    ['timedelta64[s]', [240, 96], ['heat', 'lines']],
    ['complex128', [240, 96], ['heat', 'lines']],
    ['datetime64[ns]', [20], ['lines']],
    ['object', [240, 96], []],
    ['<U7', [240], []],
    ['float64', [], []],
  ])('of %s %j are %j', (dtype, shape, looks) => {
    expect(looksOf({ dtype, shape })).toEqual(looks)
  })

  it('are of numbers and times', () => {
    expect(['float32', 'uint8', '<f8', 'bool', '>c16', '>M8[s]'].every(isDrawable)).toBe(true)
    expect(['object', '<U7', '|S3', '|V4', "[('a', '<f8')]"].some(isDrawable)).toBe(false)
  })

  it('show axes, and leave the others an index', () => {
    expect(lineAxis([500, 3])).toBe(0)
    expect(sideAxis([500, 3], 0)).toBe(1)
    expect(sideAxis([500, 30], 0)).toBeUndefined()
    expect(sideAxis([2, 500, 3], 1)).toBeUndefined()
    expect(shownAxes('heat', [5, 6, 7], { axes: [], channels: 'none' })).toEqual([1, 2])
    expect(shownAxes('heat', [5, 6, 7], { axes: [2, 0], channels: 'none' })).toEqual([2, 0])
    expect(shownAxes('image', [5, 6, 3], { axes: [], channels: 'last' })).toEqual([0, 1, 2])
  })
})

describe('what stands in an address', () => {
  it('is taken only as far as it fits', () => {
    expect(parseAxes('1,0', 3)).toEqual([1, 0])
    for (const text of ['1,1', '3,0', '-1,0', 'x', '0.5']) expect(parseAxes(text, 3)).toEqual([])
    expect(parseIndex('1,9,x', [2, 3, 4])).toEqual([1, 0, 0])
    expect(parseSpan('5:9', 100)).toEqual([5, 9])
    for (const text of ['9:5', '', 'x', '200:300', undefined]) expect(parseSpan(text, 100)).toEqual([0, 100])
  })
})

it('a zoomed window stays within the axis, and zooming out far enough shows all of it', () => {
  const window = fc.integer({ min: 1, max: 10_000 }).chain((length) =>
    fc.tuple(
      fc.constant(length),
      fc
        .nat(length - 1)
        .chain((from) => fc.tuple(fc.constant(from), fc.integer({ min: from + 1, max: length }))),
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ),
  )
  fc.assert(
    fc.property(window, ([length, span, factor, at]) => {
      const [from, to] = zoomed(span, length, factor, at, 4)
      expect(from).toBeGreaterThanOrEqual(0)
      expect(to).toBeLessThanOrEqual(length)
      expect(to - from).toBeGreaterThanOrEqual(Math.min(4, length))
      expect(zoomed(span, length, 1e5, at, 4)).toEqual([0, length])
    }),
  )
})
