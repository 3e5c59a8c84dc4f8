/**
 * Scrolling over any number of rows.
 *
 * A browser draws no element higher than some 17 to 33 million pixels, so the
 * scrolled element (the *canvas*) is capped. Where the rows need more, a position
 * on the canvas (`canvasTop`, what `element.scrollTop` says) stands for a position
 * in the rows (`top`, in pixels of the whole, uncapped height).
 *
 * Small moves (wheel, arrow keys) are applied exactly; large ones (dragging the
 * bar) go through the scale. Both ends of the canvas are one to one, so the first
 * and the last row are reached by small moves as well.
 */
export interface ScrollGeometry {
  readonly rows: number
  readonly rowHeight: number
  /** Height that the rows are seen through. */
  readonly viewHeight: number
}

export interface ScrollState {
  readonly canvasTop: number
  readonly top: number
}

export interface RowWindow {
  /** Rows `[first, last)` are to be drawn. */
  readonly first: number
  readonly last: number
  /** Pixels from the canvas' top edge to the first drawn row. */
  readonly offset: number
}

export const maximumCanvasHeight = 8_000_000
/** Length of each end of the canvas that is mapped one to one. */
const exactEnd = 200_000
/** A move up to this long is exact: several screens, less than any real drag of the bar. */
const smallMove = 3_000
/** How far a canvas position may be off its row position before it is put right. */
const allowedDrift = 50_000
/** Rows drawn beyond each edge of the view. */
const overscan = 6
/** A view higher than this is a fault of the layout, not a screen. */
const maximumRowsDrawn = 1_000

export const scrollStart: ScrollState = { canvasTop: 0, top: 0 }

function wholeHeight(geometry: ScrollGeometry): number {
  return geometry.rows * geometry.rowHeight
}

/** Height of the element that is scrolled. */
export function canvasHeight(geometry: ScrollGeometry): number {
  return Math.min(wholeHeight(geometry), maximumCanvasHeight)
}

function lastTop(geometry: ScrollGeometry): number {
  return Math.max(0, wholeHeight(geometry) - geometry.viewHeight)
}

function lastCanvasTop(geometry: ScrollGeometry): number {
  return Math.max(0, canvasHeight(geometry) - geometry.viewHeight)
}

/** The row position that a canvas position stands for; rising, and its inverse is `toCanvasTop`. */
export function toTop(canvasTop: number, geometry: ScrollGeometry): number {
  const canvasEnd = lastCanvasTop(geometry)
  const end = lastTop(geometry)
  const at = clamp(canvasTop, 0, canvasEnd)
  if (canvasEnd === end || at <= exactEnd) return at
  if (at >= canvasEnd - exactEnd) return end - (canvasEnd - at)
  const scale = (end - 2 * exactEnd) / (canvasEnd - 2 * exactEnd)
  return exactEnd + (at - exactEnd) * scale
}

export function toCanvasTop(top: number, geometry: ScrollGeometry): number {
  const canvasEnd = lastCanvasTop(geometry)
  const end = lastTop(geometry)
  const at = clamp(top, 0, end)
  if (canvasEnd === end || at <= exactEnd) return at
  if (at >= end - exactEnd) return canvasEnd - (end - at)
  const scale = (end - 2 * exactEnd) / (canvasEnd - 2 * exactEnd)
  return exactEnd + (at - exactEnd) / scale
}

/**
 * The browser scrolled to `canvasTop`. If the answer's `canvasTop` differs from it,
 * the caller sets `element.scrollTop` to the answer's.
 */
export function scrolled(state: ScrollState, canvasTop: number, geometry: ScrollGeometry): ScrollState {
  const move = canvasTop - state.canvasTop
  if (Math.abs(move) > smallMove) return { canvasTop, top: toTop(canvasTop, geometry) }
  const top = clamp(state.top + move, 0, lastTop(geometry))
  return settle(top, canvasTop, geometry)
}

/** Goes to a row position exactly; the caller sets `element.scrollTop` to the answer's `canvasTop`. */
export function scrolledTo(top: number, geometry: ScrollGeometry): ScrollState {
  const at = clamp(top, 0, lastTop(geometry))
  return { canvasTop: Math.round(toCanvasTop(at, geometry)), top: at }
}

/** The same place after rows came or went or the view was resized. */
export function resized(state: ScrollState, geometry: ScrollGeometry): ScrollState {
  return settle(clamp(state.top, 0, lastTop(geometry)), state.canvasTop, geometry)
}

/** Keeps the browser's position while it is near enough: setting it needlessly breaks momentum. */
function settle(top: number, canvasTop: number, geometry: ScrollGeometry): ScrollState {
  const wanted = toCanvasTop(top, geometry)
  const nearEnd = top < exactEnd || top > lastTop(geometry) - exactEnd
  const isNear = Math.abs(wanted - canvasTop) <= (nearEnd ? 1 : allowedDrift)
  return { canvasTop: isNear ? canvasTop : Math.round(wanted), top }
}

/** Moves as little as needed so that `row` is wholly in view. */
export function scrolledToRow(state: ScrollState, row: number, geometry: ScrollGeometry): ScrollState {
  const rowTop = row * geometry.rowHeight
  if (rowTop < state.top) return scrolledTo(rowTop, geometry)
  const bottom = rowTop + geometry.rowHeight
  if (bottom > state.top + geometry.viewHeight) return scrolledTo(bottom - geometry.viewHeight, geometry)
  return state
}

/** Puts `row` in the middle of the view if it is not in view. */
export function revealed(state: ScrollState, row: number, geometry: ScrollGeometry): ScrollState {
  if (scrolledToRow(state, row, geometry) === state) return state
  const middle = (row + 0.5) * geometry.rowHeight
  return scrolledTo(middle - geometry.viewHeight / 2, geometry)
}

export function rowWindow(state: ScrollState, geometry: ScrollGeometry): RowWindow {
  const { rows, rowHeight, viewHeight } = geometry
  const first = clamp(Math.floor(state.top / rowHeight) - overscan, 0, rows)
  const last = clamp(Math.ceil((state.top + viewHeight) / rowHeight) + overscan, first, rows)
  const offset = state.canvasTop - (state.top - first * rowHeight)
  return { first, last: Math.min(last, first + maximumRowsDrawn), offset }
}

export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value))
}
