import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { CountingSource, MemorySource } from '../model/source.ts'
import { str } from '../testing/nodes.ts'
import { canonicalBytes } from './canonical.ts'
import { orderedChunks, storedChunks } from './chunks.ts'
import { parseDTypeText } from './dtype.ts'
import type { NdArray } from './ndarray.ts'
import { cellsOf, makeArray, windowOf, windowShape } from './ndarray.ts'
import { elementText } from './element.ts'

/** An array of int32 that counts up in C order, stored in `order`, behind some other bytes. */
function counting(shape: readonly number[], order: 'C' | 'F'): { array: NdArray; source: CountingSource } {
  const size = shape.reduce((product, length) => product * length, 1)
  const bytes = new Uint8Array(7 + 4 * size)
  const view = new DataView(bytes.buffer)
  for (let flat = 0; flat < size; flat++) view.setInt32(7 + 4 * position(flat, shape, order), flat, true)
  const source = new CountingSource(new MemorySource(bytes))
  const dtype = parseDTypeText('<i4')!
  const array = makeArray({ dtype, shape, order, source, data: { at: 7, length: 4 * size } })!
  return { array, source }
}

function position(flat: number, shape: readonly number[], order: 'C' | 'F'): number {
  if (order === 'C') return flat
  const index: number[] = []
  let rest = flat
  for (const length of shape.toReversed()) {
    index.unshift(rest % length)
    rest = Math.floor(rest / length)
  }
  let at = 0
  let stride = 1
  for (const [i, length] of shape.entries()) {
    at += index[i]! * stride
    stride *= length
  }
  return at
}

const texts = (cells: ReturnType<typeof cellsOf>) =>
  cells.map((cell) => (cell && cell.kind !== 'node' ? elementText(cell) : '?'))
const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 })
const orders = fc.constantFrom('C' as const, 'F' as const)

describe('laws over shapes and orders', () => {
  test('cells come in C order', () => {
    fc.assert(
      fc.property(shapes, orders, (shape, order) => {
        const { array } = counting(shape, order)
        expect(texts(cellsOf(array, 0, array.size + 3))).toEqual(
          Array.from({ length: array.size }, (_, i) => String(i)),
        )
      }),
    )
  })

  test('ordered chunks are the same bytes whatever is stored', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const [c, f] = (['C', 'F'] as const).map((order) =>
          Buffer.concat([...orderedChunks(counting(shape, order).array)]),
        )
        expect(f).toEqual(c)
      }),
    )
  })

  test('a window is what indexing gives', () => {
    const range = fc.tuple(fc.integer({ min: -1, max: 6 }), fc.integer({ min: -1, max: 6 }))
    fc.assert(
      fc.property(
        shapes.filter((shape) => !shape.includes(0)),
        orders,
        range,
        range,
        (shape, order, rows, columns) => {
          const { array } = counting(shape, order)
          const index = shape.slice(0, -2).map((length) => length - 1)
          const [height, width] = windowShape(array)
          const base = array.size - height * width
          const expected: string[][] = []
          for (let row = Math.max(0, rows[0]); row < Math.min(rows[1], height); row++) {
            const line: string[] = []
            for (let column = Math.max(0, columns[0]); column < Math.min(columns[1], width); column++) {
              line.push(String(base + row * width + column))
            }
            expected.push(line)
          }
          const lines = windowOf(array, index, rows, columns)!.map(texts)
          expect(lines.filter((line) => line.length > 0)).toEqual(expected.filter((line) => line.length > 0))
        },
      ),
    )
  })
})

describe('windows', () => {
  test('read the bytes that they show', () => {
    const c = counting([1000, 1000], 'C')
    windowOf(c.array, [], [500, 520], [10, 20])
    expect(c.source.bytesRead).toBe(20 * 10 * 4)
    const f = counting([1000, 1000], 'F')
    windowOf(f.array, [], [500, 520], [10, 20])
    expect(f.source.bytesRead).toBe(20 * 10 * 4)
    const tall = counting([1_000_000], 'C')
    windowOf(tall.array, [], [999_990, 2_000_000], [0, 1])
    expect(tall.source.bytesRead).toBe(10 * 4)
  })

  test('an index outside is none', () => {
    const { array } = counting([2, 3, 4], 'C')
    expect(windowOf(array, [2], [0, 1], [0, 1])).toBeUndefined()
    expect(windowOf(array, [-1], [0, 1], [0, 1])).toBeUndefined()
    expect(windowOf(array, [0.5], [0, 1], [0, 1])).toBeUndefined()
  })

  test('of objects show their nodes, missing ones as missing', () => {
    const dtype = parseDTypeText('|O')!
    const source = new MemorySource(new Uint8Array(0))
    const array = makeArray({
      dtype,
      shape: [2, 2],
      order: 'F',
      source,
      items: [str('a'), str('b'), str('c')],
    })!
    expect(windowOf(array, [], [1, 2], [0, 2])).toEqual([[{ kind: 'node', node: str('c') }, undefined]])
  })
})

describe('makeArray', () => {
  const source = new MemorySource(new Uint8Array(64))
  const make = (text: string, shape: number[], length: number, order: 'C' | 'F' = 'C') =>
    makeArray({ dtype: parseDTypeText(text)!, shape, order, source, data: { at: 0, length } })

  test('impossible shapes are none', () => {
    expect(make('<f8', [-1], 8)).toBeUndefined()
    expect(make('<f8', [0.5], 8)).toBeUndefined()
    expect(make('<f8', [2 ** 30, 2 ** 30], 8)).toBeUndefined()
    expect(
      make(
        '<f8',
        Array.from({ length: 65 }, () => 1),
        8,
      ),
    ).toBeUndefined()
  })

  test('fewer bytes than the shape says are no data', () => {
    expect(make('<f8', [8], 64)!.data).toBeDefined()
    expect(make('<f8', [9], 72)!.data).toBeUndefined()
    expect(make('<f8', [8], 56)!.data).toBeUndefined()
  })

  test('Fortran order that is C order too is C', () => {
    expect(make('|u1', [4, 1], 4, 'F')!.order).toBe('C')
    expect(make('|u1', [2, 2], 4, 'F')!.order).toBe('F')
    expect(make('|u1', [0, 2, 3], 0, 'F')!.order).toBe('C')
  })

  test('elements without bytes can be as many as they like', () => {
    const array = make('U0', [2 ** 40], 0)!
    expect(array.size).toBe(2 ** 40)
    expect([...storedChunks(array)]).toEqual([])
    expect(texts(cellsOf(array, 5, 7))).toEqual(["''", "''"])
  })
})

test('canonical bytes are little-endian and packed', () => {
  const dtype = {
    kind: 'V' as const,
    itemsize: 12,
    byteOrder: '|' as const,
    hasObject: false,
    fields: [
      { name: 'a', dtype: parseDTypeText('>i2')!, offset: 6 },
      { name: 'b', dtype: parseDTypeText('>c8')!, offset: 0 },
    ],
  }
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
  expect([...canonicalBytes(dtype, bytes)]).toEqual([8, 7, 4, 3, 2, 1, 8, 7, 6, 5])
})
