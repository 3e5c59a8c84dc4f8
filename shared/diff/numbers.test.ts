import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { areClose, ulpDistance } from './numbers.ts'

describe('areClose', () => {
  it('without a tolerance is equality, where nan equals nan', () => {
    expect(areClose(1, 1 + Number.EPSILON, {})).toBe(false)
    expect(areClose(Number.NaN, Number.NaN, {})).toBe(true)
    expect(areClose(0, -0, {})).toBe(true)
    expect(areClose(Infinity, -Infinity, { absolute: Infinity })).toBe(false)
    expect(areClose(1, Number.NaN, { absolute: 1e9 })).toBe(false)
  })

  it('takes any of the tolerances', () => {
    expect(areClose(100, 101, { absolute: 1 })).toBe(true)
    expect(areClose(100, 101, { relative: 0.01 })).toBe(true)
    expect(areClose(100, 101, { relative: 0.009 })).toBe(false)
    expect(areClose(1, 1 + Number.EPSILON, { ulp: 1 })).toBe(true)
    expect(areClose(1, 1 + 2 * Number.EPSILON, { ulp: 1 })).toBe(false)
    expect(areClose(Math.fround(0.1), Math.fround(0.1) + 2 ** -27, { ulp: 1 }, 4)).toBe(true)
  })

  it('is symmetric and holds for the number itself', () => {
    const tolerance = { absolute: 1e-3, relative: 1e-6, ulp: 4 }
    fc.assert(
      fc.property(fc.double(), fc.double(), (left, right) => {
        expect(areClose(left, right, tolerance)).toBe(areClose(right, left, tolerance))
        expect(areClose(left, left, {})).toBe(true)
      }),
    )
  })
})

it('counts the floats between two', () => {
  expect(ulpDistance(-Number.MIN_VALUE, Number.MIN_VALUE, 8)).toBe(2)
  expect(ulpDistance(1, 2, 8)).toBe(2 ** 52)
  expect(ulpDistance(1, 2, 4)).toBe(2 ** 23)
  expect(ulpDistance(0, -0, 8)).toBe(0)
})
