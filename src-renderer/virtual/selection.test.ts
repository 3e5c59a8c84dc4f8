import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addRange,
  countSelected,
  cutTo,
  extendTo,
  isSelected,
  noSelection,
  removeRange,
  selectAll,
  selectOnly,
  toggleRow,
  type RowRange,
} from './selection.ts'

const range = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 12 }))
  .map(([from, length]): RowRange => [from, from + length])

function asSet(ranges: readonly RowRange[]): Set<number> {
  const rows = new Set<number>()
  for (const [from, to] of ranges) for (let row = from; row < to; row++) rows.add(row)
  return rows
}

function expectNormal(ranges: readonly RowRange[]): void {
  const edges = ranges.flat()
  expect(edges).toEqual([...new Set(edges)].toSorted((a, b) => a - b))
}

describe('ranges', () => {
  it('behave as a set of rows, whatever is added and removed', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ range, isAdded: fc.boolean() }), { maxLength: 20 }), (steps) => {
        let ranges: readonly RowRange[] = []
        const rows = new Set<number>()
        for (const step of steps) {
          ranges = (step.isAdded ? addRange : removeRange)(ranges, step.range)
          for (let row = step.range[0]; row < step.range[1]; row++) {
            if (step.isAdded) rows.add(row)
            else rows.delete(row)
          }
        }
        expect(asSet(ranges)).toEqual(rows)
        expectNormal(ranges)
        const selection = { ranges, anchor: undefined, lead: undefined }
        expect(countSelected(selection)).toBe(rows.size)
        for (let row = 0; row < 80; row++) expect(isSelected(selection, row)).toBe(rows.has(row))
      }),
    )
  })
})

describe('selecting', () => {
  it('toggles a row and moves the anchor there', () => {
    const two = toggleRow(selectOnly(3), 7)
    expect(two).toEqual({
      ranges: [
        [3, 4],
        [7, 8],
      ],
      anchor: 7,
      lead: 7,
    })
    expect(toggleRow(two, 3).ranges).toEqual([[7, 8]])
  })

  it('extends from the anchor, back and forth', () => {
    const down = extendTo(selectOnly(5), 9)
    expect(down.ranges).toEqual([[5, 10]])
    expect(extendTo(down, 2).ranges).toEqual([[2, 6]])
  })

  it('adds a range beside the others with Ctrl+Shift, replacing only its own last extension', () => {
    const start = toggleRow(selectOnly(1), 10)
    const far = extendTo(start, 20, true)
    expect(far.ranges).toEqual([
      [1, 2],
      [10, 21],
    ])
    expect(extendTo(far, 12, true).ranges).toEqual([
      [1, 2],
      [10, 13],
    ])
  })

  it('selects all of a million as one range, and none of nothing', () => {
    expect(selectAll(1_000_000).ranges).toEqual([[0, 1_000_000]])
    expect(selectAll(0)).toBe(noSelection)
  })

  it('drops rows that went away', () => {
    expect(cutTo(selectAll(100), 10)).toEqual({ ranges: [[0, 10]], anchor: 0, lead: 9 })
    expect(cutTo(selectOnly(50), 10)).toEqual({ ranges: [], anchor: undefined, lead: undefined })
  })
})
