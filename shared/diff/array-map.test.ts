import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asArray } from '../lenses/arrays.ts'
import { MemorySource } from '../model/source.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import { dtype } from '../testing/nodes.ts'
import { differenceMap } from './array-map.ts'

const source = new MemorySource(new Uint8Array(0))
const options = { rows: 4, columns: 4, maxElements: 1e9 }

function array(values: ArrayBufferView, shape: number[], type: string, order: 'C' | 'F' = 'C'): NdArray {
  const inline = new Uint8Array(values.buffer.slice(0))
  const data = { inline, length: inline.length }
  return asArray({ kind: 'ndarray', dtype: dtype(type), shape, order, data, start: 0, end: 0 }, source)!
}

describe('the map of the difference of two arrays', () => {
  it('has the largest difference of each cell, where it is and the mean', () => {
    const left = new Float64Array(64)
    const right = new Float64Array(64)
    right[0] = 1
    right[63] = -7
    right[62] = 2
    const map = differenceMap(array(left, [8, 8], 'f8'), array(right, [8, 8], 'f8'), options)!
    expect(map).toMatchObject({
      shape: [8, 8],
      grid: [4, 4],
      differing: 3,
      elements: 64,
      max: 7,
      maxAt: [7, 7],
    })
    expect(map.mean).toBeCloseTo(10 / 64)
    expect(map.cells).toEqual([1, ...Array.from({ length: 14 }, () => 0), 7])
  })

  it('lays out more dimensions as rows, and one as a row', () => {
    const zeros = new Float32Array(24)
    const ones = new Float32Array(24).fill(1)
    expect(differenceMap(array(zeros, [2, 3, 4], 'f4'), array(ones, [2, 3, 4], 'f4'), options)).toMatchObject(
      {
        shape: [6, 4],
        grid: [4, 4],
      },
    )
    expect(differenceMap(array(zeros, [24], 'f4'), array(ones, [24], 'f4'), options)).toMatchObject({
      shape: [1, 24],
      grid: [1, 4],
      maxAt: [0],
    })
  })

  it('sees through storage order and dtypes', () => {
    const rows = array(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3], 'f8')
    const columns = array(Float32Array.of(1, 4, 2, 5, 3, 7), [2, 3], 'f4', 'F')
    expect(differenceMap(rows, columns, options)).toMatchObject({ differing: 1, max: 1, maxAt: [1, 2] })
  })

  it('marks what has no size, and takes nan for nan', () => {
    const left = array(Float64Array.of(Number.NaN, Number.NaN, Infinity, 1), [1, 4], 'f8')
    const right = array(Float64Array.of(Number.NaN, 0, -Infinity, 1), [1, 4], 'f8')
    const map = differenceMap(left, right, options)!
    expect(map.cells).toEqual([0, Number.NaN, Number.NaN, 0])
    expect([map.differing, map.max, map.maxAt]).toEqual([2, 0, undefined])
  })

  it('measures complex numbers by their distance', () => {
    const left = array(Float64Array.of(0, 0, 1, 1), [2], 'c16')
    const right = array(Float64Array.of(3, 4, 1, 1), [2], 'c16')
    expect(differenceMap(left, right, options)).toMatchObject({ differing: 1, max: 5, maxAt: [0] })
  })

  it('is not for other shapes, and says when it stopped', () => {
    const [short, long] = [array(new Float64Array(2), [2], 'f8'), array(new Float64Array(3), [3], 'f8')]
    expect(differenceMap(short, long, options)).toBeUndefined()
    expect(differenceMap(long, long, { ...options, maxElements: 2 })).toMatchObject({
      elements: 2,
      isComplete: false,
    })
  })

  it('has its largest cell where its largest difference is', () => {
    const numbers = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 12, maxLength: 12 })
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const map = differenceMap(
          array(Float64Array.from(a), [3, 4], 'f8'),
          array(Float64Array.from(b), [3, 4], 'f8'),
          { rows: 2, columns: 3, maxElements: 100 },
        )!
        const gaps = a.map((value, i) => Math.abs(value - b[i]!))
        expect(Math.max(...map.cells)).toBe(Math.max(...gaps))
        expect(map.max).toBe(Math.max(...gaps))
        expect(map.differing).toBe(gaps.filter((gap) => gap > 0).length)
        const [row = 0, column = 0] = map.maxAt ?? []
        expect(map.maxAt ? gaps[row * 4 + column] : 0).toBe(map.max)
      }),
    )
  })
})
