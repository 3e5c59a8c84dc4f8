import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnPlaces, columnsWithin, columnWidth } from './column-places.ts'

describe('places of columns', () => {
  it('draws exactly the columns that have a pixel in view', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 20 }),
        fc.nat(10),
        fc.nat(4_000),
        fc.integer({ min: 1, max: 900 }),
        (characters, more, left, width) => {
          const count = characters.length + more
          const places = columnPlaces(count, characters)
          const [first, last] = columnsWithin(places, left, left + width)
          const drawn = Array.from({ length: last - first }, (_, i) => first + i)
          const seen = Array.from({ length: count }, (_, column) => column).filter(
            (column) => places.edges[column + 1]! > left && places.edges[column]! < left + width,
          )
          // The column that begins right where the view ends may be drawn, too.
          expect(drawn.filter((column) => places.edges[column] !== left + width)).toEqual(seen)
        },
      ),
    )
  })

  it('are as wide as their content, within limits', () => {
    expect(columnWidth(1)).toBe(columnWidth(5))
    expect(columnWidth(20)).toBeGreaterThan(columnWidth(12))
    expect(columnWidth(60)).toBe(columnWidth(400))
    expect([...columnPlaces(3, [12]).edges].every((edge, i, all) => i === 0 || edge > all[i - 1]!)).toBe(true)
  })
})
