import { describe, expect, it } from 'vitest'
import { goTo, gridStart, pressKey, pressPointer, type GridState } from './focus.ts'

const size = { rows: 1_000_000, columns: 5, pageRows: 20 }

function press(state: GridState, key: string, held: 'shift' | 'control' | 'none' = 'none'): GridState {
  const next = pressKey(state, { key, shift: held === 'shift', control: held === 'control' }, size)
  expect(next, `${key} is a key of the grid`).toBeDefined()
  return next!
}

describe('keys', () => {
  it('move the focus and select the row', () => {
    const first = press(gridStart, 'ArrowDown')
    expect(first.row).toBe(0)
    expect(first.selection.ranges).toEqual([[0, 1]])
    expect(press(first, 'ArrowUp').row).toBe(0)
    expect(press(first, 'PageDown').row).toBe(20)
    expect(press(press(first, 'PageDown'), 'PageUp').row).toBe(0)
  })

  it('Ctrl+End goes to the last row and Ctrl+Home to the first', () => {
    const last = press(gridStart, 'End', 'control')
    expect(last.row).toBe(999_999)
    expect(press(last, 'ArrowDown').row).toBe(999_999)
    expect(press(last, 'Home', 'control').row).toBe(0)
  })

  it('left, right, Home and End move between columns and leave the selection', () => {
    const start = goTo(gridStart, 4)
    expect(press(start, 'ArrowLeft').column).toBe(0)
    const right = press(start, 'End')
    expect(right).toEqual({ ...start, column: 4 })
    expect(press(right, 'ArrowRight').column).toBe(4)
    expect(press(right, 'Home').column).toBe(0)
  })

  it('Shift extends from where it began, in both directions', () => {
    const down = press(press(goTo(gridStart, 10), 'ArrowDown', 'shift'), 'PageDown', 'shift')
    expect(down.selection.ranges).toEqual([[10, 32]])
    const up = press(press(down, 'PageUp', 'shift'), 'PageUp', 'shift')
    expect(up.row).toBe(0)
    expect(up.selection.ranges).toEqual([[0, 11]])
  })

  it('Ctrl and an arrow move the focus alone, Space toggles there', () => {
    const moved = press(press(goTo(gridStart, 1), 'ArrowDown', 'control'), 'ArrowDown', 'control')
    expect(moved.selection.ranges).toEqual([[1, 2]])
    const both = press(moved, ' ')
    expect(both.selection.ranges).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(press(both, ' ').selection.ranges).toEqual([[1, 2]])
  })

  it('Ctrl+A selects all without moving', () => {
    const all = press(goTo(gridStart, 7), 'a', 'control')
    expect(all.row).toBe(7)
    expect(all.selection.ranges).toEqual([[0, 1_000_000]])
  })

  it('leave other keys and empty grids alone', () => {
    expect(pressKey(gridStart, { key: 'x', shift: false, control: false }, size)).toBeUndefined()
    expect(pressKey(gridStart, { key: ' ', shift: false, control: false }, size)).toBeUndefined()
    const empty = { ...size, rows: 0 }
    expect(pressKey(gridStart, { key: 'ArrowDown', shift: false, control: false }, empty)).toBeUndefined()
  })
})

describe('the pointer', () => {
  it('selects one, toggles with Ctrl, extends with Shift, adds with both', () => {
    const at = { column: 2, shift: false, control: false }
    const one = pressPointer(gridStart, { ...at, row: 4 })
    expect(one).toEqual({ row: 4, column: 2, selection: { ranges: [[4, 5]], anchor: 4, lead: 4 } })
    const two = pressPointer(one, { ...at, row: 9, control: true })
    const more = pressPointer(two, { ...at, row: 12, control: true, shift: true })
    expect(more.selection.ranges).toEqual([
      [4, 5],
      [9, 13],
    ])
    expect(pressPointer(more, { ...at, row: 7, shift: true }).selection.ranges).toEqual([[7, 10]])
  })
})
