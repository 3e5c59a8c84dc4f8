import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openFileDocument } from '../catalog/documents.ts'
import { bucketEdge } from '../numpy/buckets.ts'
import { expectedKinds, kindFile } from '../testing/kinds.ts'
import { childAt } from '../value/walk.ts'
import { sparseMatrix } from './sparse-matrix.ts'
import { cellOf, spyOf } from './spy.ts'
import { viewOf } from './view-of.ts'

async function matrixOf(name: string) {
  const document = await openFileDocument(kindFile(name))
  const { root, source } = document.decoded
  const view = viewOf(childAt(root!, 0)!.value, source)
  const matrix = view.kind === 'sparse' ? sparseMatrix(view, source) : undefined
  if (!matrix) throw new Error(`${name} is no sparse matrix`)
  return { matrix, [Symbol.dispose]: () => document[Symbol.dispose]() }
}

const expected = expectedKinds().sparse
const names = Object.keys(expected)

/** Elements as scipy sums them: by place, without the zeros. */
function cellsOf(rows: Float64Array, columns: Float64Array, values: Float64Array) {
  const cells = new Map<string, number>()
  for (const [i, value] of values.entries()) {
    const place = `${rows[i]},${columns[i]}`
    cells.set(place, (cells.get(place) ?? 0) + value)
  }
  return new Map([...cells].filter(([, value]) => value !== 0))
}

describe('a sparse matrix', () => {
  it.each(names)('has the elements that scipy finds in it: %s', async (name) => {
    using opened = await matrixOf(name)
    const { matrix } = opened
    const { shape, cells } = expected[name]!
    expect([matrix.rows, matrix.columns]).toEqual(shape)
    const all = [0, matrix.stored] as const
    const found = cellsOf(matrix.rowsOf(...all), matrix.columnsOf(...all), matrix.numbersOf(...all))
    expect(found).toEqual(new Map(cells.map(([r, c, v]) => [`${r},${c}`, v] as const)))
    expect(matrix.cellsOf(...all)).toHaveLength(matrix.stored)
  })

  it.each(names)('is the same in pieces as in one, and has all of a window within: %s', async (name) => {
    using opened = await matrixOf(name)
    const { matrix } = opened
    const read = ['rowsOf', 'columnsOf', 'numbersOf'] as const
    const whole = read.map((part) => matrix[part](0, matrix.stored))
    fc.assert(
      fc.property(
        fc.nat(matrix.stored),
        fc.nat(matrix.stored),
        fc.nat(matrix.rows),
        fc.nat(matrix.columns),
        (a, b, row, column) => {
          const [from, to] = [Math.min(a, b), Math.max(a, b)]
          for (const [i, part] of read.entries())
            expect(matrix[part](from, to)).toEqual(whole[i]!.slice(from, to))
          const window = { rows: [row, matrix.rows], columns: [0, column] } as const
          const spy = spyOf(matrix, { ...window, height: 7, width: 5 }, { exact: Infinity, sample: 0 })
          const [rows, columns] = whole
          const inside = rows!.filter((at, i) => at >= row && columns![i]! < column).length
          expect(spy.inside).toBe(inside)
          expect(spy.counts.reduce((sum, count) => sum + count, 0)).toBe(inside)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('is put into the cells that a picture has', () => {
    fc.assert(
      fc.property(
        fc.nat(1e9),
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 1, max: 700 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (from, length, wanted, share) => {
          const cells = Math.min(wanted, length)
          const span = [from, from + length] as const
          const at = from + Math.floor(share * length)
          const cell = cellOf(span, cells, at)
          expect(bucketEdge(...span, cells, cell)).toBeLessThanOrEqual(at)
          expect(bucketEdge(...span, cells, cell + 1)).toBeGreaterThan(at)
        },
      ),
    )
  })

  it('that is large is sampled, and its density is about right', async () => {
    using opened = await matrixOf('csr')
    const spy = spyOf(
      opened.matrix,
      { rows: [0, 120], columns: [0, 90], height: 4, width: 4 },
      { exact: 100, sample: 256 },
    )
    expect(spy.looked).toBe(256)
    expect(Math.round(spy.counts.reduce((sum, count) => sum + count, 0))).toBe(opened.matrix.stored)
  })
})
