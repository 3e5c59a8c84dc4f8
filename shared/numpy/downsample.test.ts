import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CountingSource, MemorySource } from '../model/source.ts'
import type { ByteSource } from '../model/source.ts'
import { downsampleLine } from './downsample-line.ts'
import { downsamplePlane } from './downsample-plane.ts'
import { parseDTypeText } from './dtype.ts'
import type { NdArray } from './ndarray.ts'
import { cellsOf, makeArray } from './ndarray.ts'
import { numberReader } from './numbers.ts'
import { lineOf, numbersAlong, planeOf } from './sections.ts'

const unbounded = { exactBytes: Infinity, sampleBytes: Infinity }

function arrayOf(dtypeText: string, shape: readonly number[], order: 'C' | 'F', source: ByteSource): NdArray {
  const dtype = parseDTypeText(dtypeText)!
  const data = { at: 0, length: source.byteLength }
  return makeArray({ dtype, shape, order, source, data })!
}

function floats(numbers: readonly number[], shape: readonly number[], order: 'C' | 'F' = 'C'): NdArray {
  const source = new MemorySource(new Uint8Array(Float64Array.from(numbers).buffer))
  return arrayOf('<f8', shape, order, source)
}

/** Element of a C index, read by the plainest way there is. */
function elementAt(array: NdArray, index: readonly number[]): number {
  let flat = 0
  for (const [axis, at] of index.entries()) flat = flat * array.shape[axis]! + at
  const cell = cellsOf(array, flat, flat + 1)[0]
  if (cell?.kind === 'float' || cell?.kind === 'int') return Number(cell.value)
  throw new Error('no number')
}

const number = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, 1.7e308, -1.7e308, 5e-324),
)

describe('a line in buckets', () => {
  const shapeAndMore = fc
    .array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 })
    .chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        order: fc.constantFrom('C' as const, 'F' as const),
        axis: fc.integer({ min: 0, max: shape.length - 1 }),
        index: fc.tuple(...shape.map((length) => fc.integer({ min: 0, max: length - 1 }))),
        numbers: fc.array(number, {
          minLength: shape.reduce((a, b) => a * b),
          maxLength: shape.reduce((a, b) => a * b),
        }),
        window: fc.tuple(fc.nat(10), fc.nat(10)),
        buckets: fc.integer({ min: 1, max: 12 }),
      }),
    )

  it('has the least, the greatest and the mean of the window, along any axis in any order', () => {
    fc.assert(
      fc.property(shapeAndMore, ({ shape, order, axis, index, numbers, window, buckets }) => {
        const array = floats(numbers, shape, order)
        const [from, to] = window
        const line = lineOf(array, axis, index)!
        const numbersOfLine = numbersAlong(line, numberReader(array.dtype)!)
        const found = downsampleLine(numbersOfLine, { from, to, buckets }, unbounded)
        const wanted: number[] = []
        for (let i = found.from; i < found.to; i++) wanted.push(elementAt(array, index.with(axis, i)))
        const finite = wanted.filter(Number.isFinite)
        expect(found.counts.reduce((a, b) => a + b, 0)).toBe(finite.length)
        expect(found.nan + found.infinite).toBe(wanted.length - finite.length)
        expect(found.looked).toBe(wanted.length)
        expect(wanted.length > buckets || Object.is(String([...found.mean]), String(wanted))).toBe(true)
        if (finite.length === 0) return
        const some = (values: Float64Array): number[] => [...values].filter(Number.isFinite)
        expect(Math.min(...some(found.min))).toBe(Math.min(...finite))
        expect(Math.max(...some(found.max))).toBe(Math.max(...finite))
        const mean = (values: readonly number[]): number =>
          values.reduce((sum, v) => sum + v / values.length, 0)
        let weighted = 0
        for (const [b, count] of found.counts.entries())
          if (count > 0) weighted += found.mean[b]! * (count / finite.length)
        const size = Math.max(...finite.map(Math.abs))
        expect(Math.abs(weighted - mean(finite)) <= 1e-12 * size).toBe(true)
      }),
    )
  })

  it('is the same in one piece and in parts', () => {
    fc.assert(
      fc.property(shapeAndMore, fc.nat(12), ({ shape, order, axis, index, numbers, buckets }, cut) => {
        const array = floats(numbers, shape, order)
        const line = lineOf(array, axis, index)!
        const ask = (part?: [number, number]) =>
          downsampleLine(
            numbersAlong(line, numberReader(array.dtype)!),
            { from: 0, to: line.count, buckets, part },
            unbounded,
          )
        const parts = [ask([0, cut]), ask([cut, buckets])]
        const [one, other] = parts
        expect([...one!.mean, ...other!.mean]).toEqual([...ask().mean])
        expect([...one!.max, ...other!.max]).toEqual([...ask().max])
      }),
    )
  })

  it('of a large array is sampled within a budget, every bucket of it', () => {
    const source = new CountingSource(new MemorySource(new Uint8Array(8 * 4_000_000)))
    const array = arrayOf('<f8', [4_000_000], 'C', source)
    const found = downsampleLine(
      numbersAlong(lineOf(array, 0, [])!, numberReader(array.dtype)!),
      { from: 0, to: 4_000_000, buckets: 500 },
      { exactBytes: 1 << 20, sampleBytes: 1 << 20 },
    )
    expect(source.bytesRead).toBeLessThanOrEqual(1.1 * (1 << 20))
    expect(found.looked * 8).toBe(source.bytesRead)
    expect([...found.counts].every((count) => count > 0)).toBe(true)
  })
})

describe('a plane in cells', () => {
  const planes = fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 3 }))
    .chain(([a, b, c]) =>
      fc.record({
        shape: fc.shuffledSubarray([a, b, c], { minLength: 3 }),
        order: fc.constantFrom('C' as const, 'F' as const),
        axes: fc.shuffledSubarray([0, 1, 2], { minLength: 2, maxLength: 2 }),
        numbers: fc.array(number, { minLength: a * b * c, maxLength: a * b * c }),
        rows: fc.tuple(fc.nat(12), fc.nat(12)),
        columns: fc.tuple(fc.nat(12), fc.nat(12)),
        height: fc.integer({ min: 1, max: 13 }),
        width: fc.integer({ min: 1, max: 13 }),
      }),
    )

  it('has the elements of each cell, for any two axes in any order', () => {
    fc.assert(
      fc.property(planes, ({ shape, order, axes, numbers, ...request }) => {
        const array = floats(numbers, shape, order)
        const [rowAxis, columnAxis] = axes as [number, number]
        const plane = planeOf(array, [rowAxis, columnAxis], [0, 0, 0])!
        const found = downsamplePlane(plane, numberReader(array.dtype)!, request, unbounded)
        const { rows, columns, height, width } = found
        const edge = ([from, to]: readonly [number, number], count: number, i: number): number =>
          from + Math.floor((i * (to - from)) / count)
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const wanted: number[] = []
            for (let row = edge(rows, height, y); row < edge(rows, height, y + 1); row++) {
              for (let column = edge(columns, width, x); column < edge(columns, width, x + 1); column++) {
                wanted.push(elementAt(array, [0, 0, 0].with(rowAxis, row).with(columnAxis, column)))
              }
            }
            const finite = wanted.filter(Number.isFinite)
            const at = y * width + x
            expect(found.counts[at]).toBe(finite.length)
            expect(found.min[at]).toBe(finite.length === 0 ? Number.NaN : Math.min(...finite))
            expect(found.max[at]).toBe(finite.length === 0 ? Number.NaN : Math.max(...finite))
            expect(finite.length !== 1 || found.mean[at] === finite[0]).toBe(true)
          }
        }
        expect(found.looked).toBe((rows[1] - rows[0]) * (columns[1] - columns[0]))
      }),
    )
  })

  it('is the same in one piece and in parts', () => {
    fc.assert(
      fc.property(planes, fc.nat(13), ({ shape, order, axes, numbers, ...request }, cut) => {
        const array = floats(numbers, shape, order)
        const plane = planeOf(array, axes as [number, number], [0, 0, 0])!
        const ask = (part?: [number, number]) =>
          downsamplePlane(plane, numberReader(array.dtype)!, { ...request, part }, unbounded)
        const whole = ask()
        const [one, other] = [ask([0, cut]), ask([cut, 99])]
        const put = new Float64Array(whole.mean.length)
        for (const piece of [one, other]) {
          for (let y = 0; y < piece.height; y++) {
            for (let x = 0; x < piece.width; x++) {
              const [toY, toX] = piece.slowAxis === 'rows' ? [y + piece.part[0], x] : [y, x + piece.part[0]]
              put[toY * whole.width + toX] = piece.mean[y * piece.width + x]!
            }
          }
        }
        expect([...put]).toEqual([...whole.mean])
      }),
    )
  })

  it.each([
    ['long lines', [100, 400_000]],
    ['many lines', [400_000, 100]],
    ['a square', [5_000, 8_000]],
  ])('of a large array is sampled within a budget: %s', (_, shape) => {
    for (const order of ['C', 'F'] as const) {
      const bytes = new Uint8Array(shape[0]! * shape[1]!)
      bytes.fill(7)
      const source = new CountingSource(new MemorySource(bytes))
      const array = arrayOf('|u1', shape, order, source)
      const plane = planeOf(array, [0, 1], [])!
      const budget = { exactBytes: 4 << 20, sampleBytes: 4 << 20 }
      const request = { rows: [0, shape[0]!], columns: [0, shape[1]!], height: 400, width: 400 } as const
      const found = downsamplePlane(plane, numberReader(array.dtype)!, request, budget)
      expect(source.bytesRead).toBeLessThanOrEqual(budget.sampleBytes)
      expect(found.isExact).toBe(false)
      expect(found.looked).toBeLessThan(found.elements)
      expect([...found.mean].every((mean) => mean === 7)).toBe(true)
    }
  })
})

describe('numbers of elements', () => {
  const read = (
    dtype: string,
    bytes: ArrayBufferLike,
    part?: Parameters<typeof numberReader>[1],
  ): number[] => [...numberReader(parseDTypeText(dtype)!, part)!(new Uint8Array(bytes))]

  it('of complex ones are what is asked for', () => {
    const pairs = Float64Array.of(3, 4, 0, -2).buffer
    expect(read('<c16', pairs, 'magnitude')).toEqual([5, 2])
    expect(read('<c16', pairs, 'phase')).toEqual([Math.atan2(4, 3), -Math.PI / 2])
    expect(read('<c16', pairs, 'real')).toEqual([3, 0])
    expect(read('<c16', pairs, 'imaginary')).toEqual([4, -2])
  })

  it('of times are seconds since 1970, whatever their unit', () => {
    const count = (value: bigint): ArrayBufferLike => BigInt64Array.of(value).buffer
    const wanted = Date.UTC(2024, 1, 29) / 1000
    expect(read('<M8[D]', count(BigInt(wanted / 86_400)))).toEqual([wanted])
    expect(read('<M8[ns]', count(BigInt(wanted) * 1_000_000_000n))).toEqual([wanted])
    expect(read('<M8[25s]', count(BigInt(wanted / 25)))).toEqual([wanted])
    expect(read('<M8[M]', count(649n))).toEqual([Date.UTC(2024, 1, 1) / 1000])
    expect(read('<M8[Y]', count(-1n))).toEqual([Date.UTC(1969, 0, 1) / 1000])
    expect(read('<M8[s]', count(-(2n ** 63n)))).toEqual([Number.NaN])
    expect(read('<m8[ms]', count(1500n))).toEqual([1.5])
  })

  it('of other dtypes are none', () => {
    for (const dtype of ['<U3', '|S3', '|O', '|V4'])
      expect(numberReader(parseDTypeText(dtype)!)).toBeUndefined()
  })
})
