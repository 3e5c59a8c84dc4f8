import { clamp } from './scroll.ts'
import { extendTo, noSelection, selectAll, selectOnly, toggleRow, type Selection } from './selection.ts'

/** Where the keyboard is in a grid and what is selected; the one state of a grid that is not server facts. */
export interface GridState {
  /** Focused cell; row −1 while nothing has been focused yet. */
  readonly row: number
  readonly column: number
  readonly selection: Selection
}

export interface GridSize {
  readonly rows: number
  readonly columns: number
  /** Rows that PgUp and PgDn move by. */
  readonly pageRows: number
}

export interface GridKey {
  readonly key: string
  readonly shift: boolean
  /** Ctrl, or Cmd on macOS. */
  readonly control: boolean
}

export const gridStart: GridState = { row: -1, column: 0, selection: noSelection }

/** The state after a key, or `undefined` if the key is none of the grid's. Keys of the WAI-ARIA grid pattern. */
export function pressKey(state: GridState, pressed: GridKey, size: GridSize): GridState | undefined {
  if (size.rows === 0) return undefined
  const { key, shift, control } = pressed
  if (control && key.toLowerCase() === 'a' && !shift) return { ...state, selection: selectAll(size.rows) }
  if (key === ' ' && !control) return toggleFocused(state, shift)
  const column = columnAfter(state.column, pressed, size.columns)
  if (column !== undefined) return { ...state, column }
  const row = rowAfter(state.row, pressed, size)
  if (row === undefined) return undefined
  if (control && !shift && (key === 'ArrowUp' || key === 'ArrowDown')) return { ...state, row }
  return moveTo(state, row, shift)
}

export interface GridPointer {
  readonly row: number
  readonly column: number
  readonly shift: boolean
  readonly control: boolean
}

/** The state after a click: plain selects one, Ctrl toggles, Shift extends, Ctrl+Shift adds a range. */
export function pressPointer(state: GridState, pressed: GridPointer): GridState {
  const { row, column, shift, control } = pressed
  if (shift) return { row, column, selection: extendTo(state.selection, row, control) }
  if (control) return { row, column, selection: toggleRow(state.selection, row) }
  return { row, column, selection: selectOnly(row) }
}

/** Focus alone goes to a row, which becomes the selection: used by links and after a reload. */
export function goTo(state: GridState, row: number): GridState {
  return { ...state, row, selection: selectOnly(row) }
}

function toggleFocused(state: GridState, shift: boolean): GridState | undefined {
  if (state.row < 0) return undefined
  const { row, selection } = state
  return { ...state, selection: shift ? extendTo(selection, row) : toggleRow(selection, row) }
}

function moveTo(state: GridState, row: number, shift: boolean): GridState {
  if (!shift) return { ...state, row, selection: selectOnly(row) }
  const from = state.selection.anchor === undefined ? selectOnly(Math.max(0, state.row)) : state.selection
  return { ...state, row, selection: extendTo(from, row) }
}

function rowAfter(row: number, { key, control }: GridKey, { rows, pageRows }: GridSize): number | undefined {
  const last = rows - 1
  switch (key) {
    case 'ArrowDown':
      return clamp(row + 1, 0, last)
    case 'ArrowUp':
      return clamp(row < 0 ? last : row - 1, 0, last)
    case 'PageDown':
      return clamp(row + pageRows, 0, last)
    case 'PageUp':
      return clamp(row - pageRows, 0, last)
    case 'Home':
      return control ? 0 : undefined
    case 'End':
      return control ? last : undefined
    default:
      return undefined
  }
}

function columnAfter(column: number, { key, control, shift }: GridKey, columns: number): number | undefined {
  if (control || shift) return undefined
  switch (key) {
    case 'ArrowRight':
      return clamp(column + 1, 0, columns - 1)
    case 'ArrowLeft':
      return clamp(column - 1, 0, columns - 1)
    case 'Home':
      return 0
    case 'End':
      return columns - 1
    default:
      return undefined
  }
}
