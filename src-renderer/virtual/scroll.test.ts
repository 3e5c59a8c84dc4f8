import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  canvasHeight,
  maximumCanvasHeight,
  resized,
  revealed,
  rowWindow,
  scrolled,
  scrolledTo,
  scrolledToRow,
  scrollStart,
  toCanvasTop,
  toTop,
  type ScrollGeometry,
} from './scroll.ts'

const geometries = fc.record({
  rows: fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 2_000_000_000 })),
  rowHeight: fc.constantFrom(18, 20, 24, 36),
  viewHeight: fc.integer({ min: 0, max: 2_000 }),
})
const million: ScrollGeometry = { rows: 1_000_000, rowHeight: 24, viewHeight: 600 }

function end(geometry: ScrollGeometry): number {
  return Math.max(0, canvasHeight(geometry) - geometry.viewHeight)
}

describe('the mapping', () => {
  it('caps the canvas and leaves small ones as they are', () => {
    expect(canvasHeight({ rows: 100, rowHeight: 24, viewHeight: 600 })).toBe(2_400)
    expect(canvasHeight(million)).toBe(maximumCanvasHeight)
  })

  it('rises, and each direction undoes the other', () => {
    fc.assert(
      fc.property(geometries, fc.double({ min: 0, max: 1, noNaN: true }), (geometry, share) => {
        const canvasTop = share * end(geometry)
        const top = toTop(canvasTop, geometry)
        expect(toCanvasTop(top, geometry)).toBeCloseTo(canvasTop, 3)
        expect(toTop(Math.min(end(geometry), canvasTop + 1), geometry)).toBeGreaterThanOrEqual(top)
      }),
    )
  })

  it('maps both ends onto each other', () => {
    fc.assert(
      fc.property(geometries, (geometry) => {
        expect(toTop(0, geometry)).toBe(0)
        const bottom = toTop(end(geometry), geometry) + geometry.viewHeight
        expect(bottom).toBeCloseTo(Math.max(geometry.rows * geometry.rowHeight, geometry.viewHeight), 3)
      }),
    )
  })
})

describe('moving', () => {
  it('applies a small move exactly, wherever it happens', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: million.rows - 1 }),
        fc.integer({ min: -2_000, max: 2_000 }),
        (row, move) => {
          const before = scrolledToRow(scrolledTo(row * 24, million), row, million)
          const after = scrolled(before, before.canvasTop + move, million)
          const wanted = Math.max(0, Math.min(before.top + move, million.rows * 24 - 600))
          expect(after.top).toBeCloseTo(wanted, 6)
        },
      ),
    )
  })

  it('scales a large move', () => {
    const middle = scrolled(scrollStart, end(million) / 2, million)
    expect(middle.top).toBeCloseTo((million.rows * 24 - 600) / 2, 0)
  })

  it('reaches the last row and the first by small moves alone', () => {
    let state = scrolledTo(million.rows * 24 - 40_000, million)
    for (let i = 0; i < 100; i++) {
      state = scrolled(state, Math.min(end(million), state.canvasTop + 500), million)
    }
    expect(rowWindow(state, million).last).toBe(million.rows)
    expect(state.canvasTop).toBe(end(million))
    state = scrolledTo(40_000, million)
    for (let i = 0; i < 100; i++) state = scrolled(state, Math.max(0, state.canvasTop - 500), million)
    expect(state).toEqual(scrollStart)
  })

  it('never stops short while small moves go on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 100, max: 3_000 }), (row, step) => {
        let state = scrolledTo(row * 24, million)
        for (let i = 0; i < 200; i++) {
          const before = state
          state = scrolled(state, Math.min(end(million), state.canvasTop + step), million)
          const isAtEnd = before.top >= million.rows * 24 - 600 - step
          expect(state.top - before.top === step || isAtEnd).toBe(true)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('shows a row that is asked for, and stays if it is in view', () => {
    fc.assert(
      fc.property(geometries, fc.nat(), (geometry, wish) => {
        fc.pre(geometry.rows > 0 && geometry.viewHeight >= geometry.rowHeight)
        const row = wish % geometry.rows
        const state = scrolledToRow(scrollStart, row, geometry)
        expect(row * geometry.rowHeight).toBeGreaterThanOrEqual(state.top)
        expect((row + 1) * geometry.rowHeight).toBeLessThanOrEqual(state.top + geometry.viewHeight + 1e-6)
        expect(scrolledToRow(state, row, geometry)).toBe(state)
      }),
    )
  })
})

describe('revealing', () => {
  it('puts a row that is out of view into the middle, and leaves one in view', () => {
    const state = revealed(scrollStart, 500_000, million)
    expect(state.top).toBe(500_000.5 * 24 - 300)
    expect(revealed(state, 500_005, million)).toBe(state)
    expect(revealed(state, 0, million)).toEqual(scrollStart)
  })
})

describe('the window', () => {
  it('covers the view, and no more than a screen or two', () => {
    fc.assert(
      fc.property(geometries, fc.double({ min: 0, max: 1, noNaN: true }), (geometry, share) => {
        const state = scrolled(scrollStart, share * end(geometry), geometry)
        const { first, last, offset } = rowWindow(state, geometry)
        expect(first * geometry.rowHeight).toBeLessThanOrEqual(state.top)
        const bottom = Math.min(state.top + geometry.viewHeight, geometry.rows * geometry.rowHeight)
        expect(last * geometry.rowHeight).toBeGreaterThanOrEqual(bottom - 1e-6)
        expect(last - first).toBeLessThanOrEqual(geometry.viewHeight / geometry.rowHeight + 14)
        expect(offset - state.canvasTop).toBeCloseTo(first * geometry.rowHeight - state.top, 3)
      }),
    )
  })

  it('keeps its place when rows are added, and moves up when they end above it', () => {
    const state = scrolledTo(500_000 * 24, million)
    expect(resized(state, { ...million, rows: 1_000_010 }).top).toBe(state.top)
    const cut = resized(state, { ...million, rows: 30 })
    expect(cut).toEqual({ canvasTop: 120, top: 120 })
  })
})
