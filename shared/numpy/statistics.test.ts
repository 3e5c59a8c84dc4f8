import fc from 'fast-check'
import { expect, test } from 'vitest'

import { MemorySource } from '../model/source.ts'
import { parseDTypeText } from './dtype.ts'
import { makeArray } from './ndarray.ts'
import { PairwiseSum } from './pairwise.ts'
import { numbersOf, statisticsOf } from './statistics.ts'

/** An array over the bytes of a typed array, at an odd offset. */
function arrayOf(text: string, numbers: ArrayBufferView) {
  const bytes = new Uint8Array(numbers.byteLength + 1)
  bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), 1)
  const dtype = parseDTypeText(text)!
  const length = numbers.byteLength
  const shape = [length / dtype.itemsize]
  return makeArray({ dtype, shape, order: 'C', source: new MemorySource(bytes), data: { at: 1, length } })!
}

test('counts, extremes and moments', () => {
  const array = arrayOf('<f8', Float64Array.of(1, 2, Number.NaN, 0, -3, Infinity, -0, -Infinity))
  const { min, max, mean, standardDeviation, ...counts } = statisticsOf(array)!
  expect(counts).toEqual({
    count: 8,
    finite: 5,
    nan: 1,
    infinite: 2,
    zeros: 2,
    histogram: undefined,
    sampled: undefined,
  })
  expect([min, max, mean]).toEqual([-3, 2, 0])
  expect(standardDeviation).toBeCloseTo(Math.sqrt(14 / 5), 12)
})

test('64-bit integers keep their digits', () => {
  const array = arrayOf('<u8', BigUint64Array.of(2n ** 64n - 1n, 0n))
  expect(statisticsOf(array)).toMatchObject({ min: 0, max: 2n ** 64n - 1n, zeros: 1, mean: 2 ** 63 })
})

test('big-endian, half and bool', () => {
  expect(statisticsOf(arrayOf('>i2', Uint8Array.of(1, 0, 0, 2)))).toMatchObject({ min: 2, max: 256 })
  expect(statisticsOf(arrayOf('<f2', Uint16Array.of(0x3c00, 0xc000, 1)))).toMatchObject({ min: -2, max: 1 })
  expect(statisticsOf(arrayOf('|b1', Uint8Array.of(1, 0, 2, 1)))).toMatchObject({ mean: 0.75, zeros: 1 })
})

test('numbers near the limits of float64 do not overflow', () => {
  const array = arrayOf('<f8', Float64Array.of(1.5e308, 1.6e308, -1.7e308))
  const { mean, histogram } = statisticsOf(array, { bins: 4 })!
  expect(mean).toBeCloseTo(1.4e308 / 3, -295)
  expect(histogram).toEqual([1, 0, 0, 2])
})

test('histogram, also of equal numbers, counts every finite element', () => {
  expect(
    statisticsOf(arrayOf('<f8', Float64Array.of(0, 1, 2, 3, 4, Number.NaN)), { bins: 4 })!.histogram,
  ).toEqual([1, 1, 1, 2])
  expect(statisticsOf(arrayOf('<f8', Float64Array.of(7, 7)), { bins: 3 })!.histogram).toEqual([2, 0, 0])
})

test('a sample says so, and is of the whole array', () => {
  const array = arrayOf(
    '<i4',
    Int32Array.from({ length: 1000 }, (_, i) => i),
  )
  expect(statisticsOf(array, { maxElements: 10 })).toMatchObject({ count: 10, sampled: 10 })
  const { min, max, mean, sampled } = statisticsOf(array, { maxElements: 200 })!
  expect([sampled, Number(min) < 10, Number(max) > 989]).toEqual([192, true, true])
  expect(Math.abs(mean! - 499.5)).toBeLessThan(1)
  expect(statisticsOf(array, { maxElements: 999 })?.sampled).toBe(960)
  expect(statisticsOf(array, { maxElements: 1000 })?.sampled).toBeUndefined()
})

test('what are no numbers have none', () => {
  expect(statisticsOf(arrayOf('|S4', new Uint8Array(8)))).toBeUndefined()
  expect(statisticsOf(arrayOf('<M8[s]', new Uint8Array(8)))).toBeUndefined()
})

test('chunks of a Node Buffer are not changed by turning them around', () => {
  const stored = Buffer.from([1, 2, 3, 4])
  expect([...numbersOf(parseDTypeText('>i2')!, stored)]).toEqual([0x0102, 0x0304])
  expect([...stored]).toEqual([1, 2, 3, 4])
})

test('the pairwise sum does not depend on how the numbers are fed', () => {
  const numbers = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { maxLength: 700 })
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 97 }), (values, piece) => {
      const whole = new PairwiseSum(values.length)
      whole.add(Float64Array.from(values))
      const fed = new PairwiseSum(values.length)
      for (let i = 0; i < values.length; i += piece) fed.add(Float64Array.from(values.slice(i, i + piece)))
      expect(fed.sum).toBe(whole.sum)
      const plain = values.reduce((sum, value) => sum + value, 0)
      expect(Math.abs(whole.sum - plain)).toBeLessThanOrEqual(1e-3)
    }),
  )
})
