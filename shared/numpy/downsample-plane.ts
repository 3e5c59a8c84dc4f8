import type { BucketValues } from './buckets.ts'
import { bucketEdge, BucketSums, emptyBuckets } from './buckets.ts'
import type { ReadBudget } from './downsample-line.ts'
import type { NumberReader } from './numbers.ts'
import type { Line, Plane } from './sections.ts'
import { lineCost, readNumbers } from './sections.ts'

export interface PlaneRequest {
  /** The window, cut to the plane. */
  readonly rows: readonly [number, number]
  readonly columns: readonly [number, number]
  /** Most cells of the answer in each direction. */
  readonly height: number
  readonly width: number
  /** Only these lines of the answer along its `slowAxis`. */
  readonly part?: readonly [number, number]
}

/** Cells in rows (`height` lines of `width`), each the area of the window that falls on it (`bucketEdge`). */
export interface PlaneSummary extends BucketValues {
  readonly rows: readonly [number, number]
  readonly columns: readonly [number, number]
  readonly height: number
  readonly width: number
  /** Along which the elements are further apart: a large plane is read line by line of this axis. */
  readonly slowAxis: 'rows' | 'columns'
  /** Lines of the whole answer along the slow axis that are here. */
  readonly part: readonly [number, number]
  /** Each cell is one element. */
  readonly isExact: boolean
  readonly looked: number
  readonly elements: number
  readonly nan: number
  readonly infinite: number
  /** Of all finite elements looked at; absent if there was none. */
  readonly least?: number
  readonly greatest?: number
}

/** Elements read at once. */
const chunkElements = 1 << 17
/** Cells in each direction of a plane whose lines are too long to be read, and the bytes read for each. */
const coarseCells = 128
const mostRunBytes = 4096

/** A window of a plane in at most so many cells, read by ranges. */
export function downsamplePlane(
  plane: Plane,
  read: NumberReader,
  request: PlaneRequest,
  budget: ReadBudget,
): PlaneSummary {
  const rows = clamp(request.rows, plane.rows)
  const columns = clamp(request.columns, plane.columns)
  const slowAxis = plane.rowStride >= plane.columnStride ? 'rows' : 'columns'
  const isByRows = slowAxis === 'rows'
  const slow = axisOf(isByRows ? rows : columns, isByRows ? request.height : request.width)
  const fast = axisOf(isByRows ? columns : rows, isByRows ? request.width : request.height)
  const lines = new PlaneLines(plane, slowAxis)
  const first = Math.min(request.part?.[0] ?? 0, slow.buckets)
  const last = Math.min(Math.max(first, request.part?.[1] ?? slow.buckets), slow.buckets)
  const partLines = edgeOf(slow, last) - edgeOf(slow, first)
  const isWhole = partLines * lines.cost(fast) <= budget.exactBytes
  const perBucket = isWhole
    ? Infinity
    : Math.floor(budget.sampleBytes / ((last - first) * lines.singleCost(fast)))
  const hasRoom = perBucket >= 1
  // Fewer lines than asked for, as many as there is room for; at last only runs out of a few lines.
  const fewer = hasRoom ? slow.buckets : Math.floor(budget.sampleBytes / lines.singleCost(fast))
  const isCoarse = fewer < Math.min(coarseCells, slow.buckets)
  if (isCoarse) fast.buckets = Math.min(fast.buckets, coarseCells)
  if (!hasRoom) slow.buckets = Math.min(slow.buckets, Math.max(fewer, coarseCells))
  const runBytes = Math.min(mostRunBytes, budget.sampleBytes / (slow.buckets * fast.buckets))
  const part = hasRoom ? ([first, last] as const) : ([0, slow.buckets] as const)
  const sums = new BucketSums(fast.buckets)
  const count = part[1] - part[0]
  const values = emptyBuckets(count * fast.buckets)
  let looked = 0
  for (let b = part[0]; b < part[1]; b++) {
    const [from, to] = [edgeOf(slow, b), edgeOf(slow, b + 1)]
    if (isCoarse) looked += lines.addRuns(sums, Math.floor((from + to) / 2), fast, read, runBytes)
    else looked += lines.add(sums, from, to, Math.max(1, perBucket), fast, read)
    const at = b - part[0]
    if (isByRows) sums.flush(values, at * fast.buckets, 1)
    else sums.flush(values, at, count)
  }
  const elements = (edgeOf(slow, part[1]) - edgeOf(slow, part[0])) * (fast.to - fast.from)
  return {
    ...values,
    rows,
    columns,
    height: isByRows ? count : fast.buckets,
    width: isByRows ? fast.buckets : count,
    slowAxis,
    part,
    isExact: looked === elements && count * fast.buckets === elements,
    looked,
    elements,
    nan: sums.nan,
    infinite: sums.infinite,
    least: Number.isFinite(sums.least) ? sums.least : undefined,
    greatest: Number.isFinite(sums.greatest) ? sums.greatest : undefined,
  }
}

/** A window of an axis in buckets. */
interface Axis {
  readonly from: number
  readonly to: number
  buckets: number
}

function axisOf([from, to]: readonly [number, number], most: number): Axis {
  return { from, to, buckets: Math.min(most, to - from) }
}

function edgeOf({ from, to, buckets }: Axis, b: number): number {
  return bucketEdge(from, to, buckets, b)
}

function clamp([from, to]: readonly [number, number], length: number): readonly [number, number] {
  const start = Math.min(Math.max(0, from), length)
  return [start, Math.min(Math.max(start, to), length)]
}

/** The lines of a plane along which its elements are near, by their number along the slow axis. */
class PlaneLines {
  readonly #plane: Plane
  readonly #slowStride: number
  readonly #fastStride: number

  constructor(plane: Plane, slowAxis: 'rows' | 'columns') {
    this.#plane = plane
    this.#slowStride = slowAxis === 'rows' ? plane.rowStride : plane.columnStride
    this.#fastStride = slowAxis === 'rows' ? plane.columnStride : plane.rowStride
  }

  /** Bytes that reading one line costs; lines that lie close together are read together. */
  cost(fast: Axis): number {
    if (this.#isDense(fast)) return this.#slowStride * this.#plane.array.dtype.itemsize
    return this.singleCost(fast)
  }

  /** The same of a line that is read alone. */
  singleCost(fast: Axis): number {
    return lineCost({ array: this.#plane.array, stride: this.#fastStride }, fast.to - fast.from)
  }

  /** Adds lines `[from, to)`, or `most` of them spread evenly; answers how many elements these were. */
  add(sums: BucketSums, from: number, to: number, most: number, fast: Axis, read: NumberReader): number {
    const count = to - from
    const width = fast.to - fast.from
    if (count > most) {
      for (let i = 0; i < most; i++) {
        const line = from + Math.floor(((2 * i + 1) * count) / (2 * most))
        this.#addLine(sums, line, fast, read)
      }
      return most * width
    }
    const together = this.#isDense(fast) ? Math.max(1, Math.floor(chunkElements / this.#slowStride)) : 1
    for (let line = from; line < to; line += together) {
      if (together === 1) this.#addLine(sums, line, fast, read)
      else this.#addBlock(sums, line, Math.min(together, to - line), fast, read)
    }
    return count * width
  }

  /** Adds one run of elements out of the middle of each bucket of a line. */
  addRuns(sums: BucketSums, line: number, fast: Axis, read: NumberReader, bytes: number): number {
    const section = this.#line(line)
    const perElement = lineCost(section, 1) - lineCost(section, 0)
    const run = Math.max(1, Math.floor(bytes / perElement))
    let looked = 0
    for (let b = 0; b < fast.buckets; b++) {
      const [from, to] = [edgeOf(fast, b), edgeOf(fast, b + 1)]
      const count = Math.min(run, to - from)
      const start = from + Math.floor((to - from - count) / 2)
      sums.add(b, readNumbers(section, read, start, start + count), 0, count)
      looked += count
    }
    return looked
  }

  /** Most of what lies between the first and the last element of neighbouring lines is wanted, or it is little. */
  #isDense(fast: Axis): boolean {
    const span = (fast.to - fast.from) * this.#fastStride
    return span * 4 >= this.#slowStride && this.#fastStride <= 4
  }

  #line(line: number): Line {
    const { array, start } = this.#plane
    return {
      array,
      start: start + line * this.#slowStride,
      stride: this.#fastStride,
      count: Number.MAX_SAFE_INTEGER,
    }
  }

  #addLine(sums: BucketSums, line: number, fast: Axis, read: NumberReader): void {
    const section = this.#line(line)
    for (let from = fast.from; from < fast.to; from += chunkElements) {
      const to = Math.min(fast.to, from + chunkElements)
      addRun(sums, readNumbers(section, read, from, to), fast, from, to)
    }
  }

  /** Lines that lie close together, with what is between them. */
  #addBlock(sums: BucketSums, line: number, count: number, fast: Axis, read: NumberReader): void {
    const stride = this.#fastStride
    const base = this.#line(line).start + fast.from * stride
    const length = (count - 1) * this.#slowStride + (fast.to - fast.from - 1) * stride + 1
    const block = { array: this.#plane.array, start: base, stride: 1, count: length }
    const numbers = readNumbers(block, read, 0, length)
    for (let i = 0; i < count; i++) {
      addRun(sums, numbers, fast, fast.from, fast.to, i * this.#slowStride, stride)
    }
  }
}

/** Adds the elements `[from, to)` of a line, which stand from `at` on, to their buckets. */
function addRun(
  sums: BucketSums,
  numbers: Float64Array,
  fast: Axis,
  from: number,
  to: number,
  at = 0,
  stride = 1,
): void {
  const share = fast.buckets / (fast.to - fast.from)
  // One bucket early at most, whatever rounding does: its run is then empty.
  let b = Math.max(0, Math.floor((from - fast.from) * share) - 1)
  while (edgeOf(fast, b + 1) <= from) b++
  for (let start = from; start < to; b++) {
    const end = Math.min(to, edgeOf(fast, b + 1))
    sums.add(b, numbers, at + (start - from) * stride, end - start, stride)
    start = end
  }
}
