import { bucketEdge } from '../numpy/buckets.ts'
import type { SparseMatrix, Span } from './sparse-matrix.ts'

export interface SpyRequest {
  readonly rows: Span
  readonly columns: Span
  /** Most cells down and across. */
  readonly height: number
  readonly width: number
}

export interface SpyBudget {
  /** All elements are looked at if there are no more. */
  readonly exact: number
  /** Else so many of them, in runs spread evenly. */
  readonly sample: number
}

/** How many elements are stored in each cell of a window, and what they are on average. */
export interface SpySummary {
  readonly rows: Span
  readonly columns: Span
  readonly height: number
  readonly width: number
  /** Stored elements that may be in the window, and those that were looked at. */
  readonly elements: number
  readonly looked: number
  /** Of those that were looked at: in the window, and explicit zeros and NaN among them. */
  readonly inside: number
  readonly zeros: number
  readonly nan: number
  /** Of the finite values in the window. */
  readonly least: number | undefined
  readonly greatest: number | undefined
  readonly mean: number | undefined
  /** Rows of cells after another. Of a sample: as many as there would be, about. */
  readonly counts: Float64Array
  readonly means: Float64Array
}

/** Elements read at once. */
const chunk = 1 << 17
const sampleRuns = 256

export function spyOf(matrix: SparseMatrix, request: SpyRequest, budget: SpyBudget): SpySummary {
  const rows = clamp(request.rows, matrix.rows)
  const columns = clamp(request.columns, matrix.columns)
  const height = Math.min(request.height, rows[1] - rows[0])
  const width = Math.min(request.width, columns[1] - columns[0])
  const [first, last] = matrix.within(rows, columns)
  const counts = new Float64Array(height * width)
  const sums = new Float64Array(height * width)
  const sizes = new Float64Array(height * width)
  let [looked, inside, zeros, nan, sum, finite] = [0, 0, 0, 0, 0, 0]
  let [least, greatest] = [Infinity, -Infinity]
  for (const [from, to] of spansOf([first, last], budget)) {
    looked += to - from
    const [down, across, values] = [
      matrix.rowsOf(from, to),
      matrix.columnsOf(from, to),
      matrix.numbersOf(from, to),
    ]
    for (let i = 0; i < values.length; i++) {
      const [row, column, value] = [down[i]!, across[i]!, values[i]!]
      if (!(row >= rows[0] && row < rows[1] && column >= columns[0] && column < columns[1])) continue
      inside++
      if (value === 0) zeros++
      const cell = cellOf(rows, height, row) * width + cellOf(columns, width, column)
      counts[cell]!++
      if (value - value !== 0) {
        if (value !== value) nan++
        continue
      }
      finite++
      sum += value
      sums[cell]! += value
      sizes[cell]!++
      if (value < least) least = value
      if (value > greatest) greatest = value
    }
  }
  const scale = looked === 0 ? 1 : (last - first) / looked
  for (let i = 0; i < counts.length; i++) {
    counts[i]! *= scale
    sums[i] = sums[i]! / sizes[i]!
  }
  return {
    rows,
    columns,
    height,
    width,
    elements: last - first,
    looked,
    inside,
    zeros,
    nan,
    least: finite > 0 ? least : undefined,
    greatest: finite > 0 ? greatest : undefined,
    mean: finite > 0 ? sum / finite : undefined,
    counts,
    means: sums,
  }
}

function clamp([from, to]: Span, length: number): Span {
  const start = Math.min(Math.max(0, from), length)
  return [start, Math.min(Math.max(start, to), length)]
}

/** The cell that a row or column falls into: the inverse of `bucketEdge`. */
export function cellOf([from, to]: Span, cells: number, at: number): number {
  const guess = Math.min(cells - 1, Math.floor(((at - from) * cells) / (to - from)))
  return guess + 1 < cells && bucketEdge(from, to, cells, guess + 1) <= at ? guess + 1 : guess
}

function* spansOf([first, last]: Span, { exact, sample }: SpyBudget): Generator<Span> {
  const elements = last - first
  if (elements <= exact) {
    for (let from = first; from < last; from += chunk) yield [from, Math.min(last, from + chunk)]
    return
  }
  const run = Math.max(1, Math.floor(sample / sampleRuns))
  for (let i = 0; i < sampleRuns; i++) {
    const start = first + Math.floor(((2 * i + 1) * elements) / (2 * sampleRuns) - run / 2)
    yield [start, start + run]
  }
}
