import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { treemap, type Tile } from './treemap.ts'

const frame: Tile = { x: 0, y: 0, width: 600, height: 300 }

/** The law: tiles have the areas of their weights, lie inside the frame and do not overlap. */
describe('the treemap', () => {
  it('fills the frame by weight, without overlaps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 }),
        (unsorted) => {
          const weights = unsorted.toSorted((a, b) => b - a)
          const total = weights.reduce((sum, weight) => sum + weight, 0)
          const tiles = treemap(weights, frame)
          expect(tiles).toHaveLength(weights.length)
          for (const [i, tile] of tiles.entries()) {
            const share = weights[i]! / total
            expect((tile.width * tile.height) / (600 * 300)).toBeCloseTo(share, 6)
            expect(tile.x).toBeGreaterThanOrEqual(-1e-6)
            expect(tile.y).toBeGreaterThanOrEqual(-1e-6)
            expect(tile.x + tile.width).toBeLessThanOrEqual(600 + 1e-6)
            expect(tile.y + tile.height).toBeLessThanOrEqual(300 + 1e-6)
            for (const other of tiles.slice(0, i)) {
              const across = Math.min(tile.x + tile.width, other.x + other.width) - Math.max(tile.x, other.x)
              const along = Math.min(tile.y + tile.height, other.y + other.height) - Math.max(tile.y, other.y)
              expect(Math.min(across, along)).toBeLessThan(1e-6)
            }
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('keeps tiles of like weight near to squares', () => {
    const ratios = treemap([6, 6, 4, 3, 2, 2, 1], frame).map(({ width, height }) =>
      Math.max(width / height, height / width),
    )
    expect(Math.max(...ratios)).toBeLessThan(3)
  })

  it('gives nothing for nothing', () => {
    expect(treemap([], frame)).toEqual([])
    expect(treemap([0, 0], frame).every(({ width }) => width === 0)).toBe(true)
    expect(treemap([1, 0], frame)[1]).toMatchObject({ width: expect.any(Number), height: 0 })
  })
})
