import type { NdArray } from './ndarray.ts'
import { readLine, stridesOf } from './ndarray.ts'
import type { NumberReader } from './numbers.ts'

/** Elements along one axis: positions and distances count elements of the stored order. */
export interface Line {
  readonly array: NdArray
  readonly start: number
  readonly stride: number
  readonly count: number
}

/** Numbers along one axis, read by ranges, whatever they are made of. NaN where there is none. */
export interface NumberLine {
  readonly count: number
  /** Bytes that reading so many numbers in one run costs, about. */
  cost(count: number): number
  /** Numbers `[from, to)`, which must be within the count. May be a view of bytes that others see, too. */
  read(from: number, to: number): Float64Array
}

/** Elements along two axes. */
export interface Plane {
  readonly array: NdArray
  readonly start: number
  readonly rows: number
  readonly columns: number
  readonly rowStride: number
  readonly columnStride: number
}

/**
 * The line along an axis, all other axes fixed by `index` (one number for each axis, missing ones 0;
 * that of the axis itself is not looked at). `undefined` if there is no such axis or index.
 */
export function lineOf(array: NdArray, axis: number, index: readonly number[]): Line | undefined {
  if (array.shape.length === 0) return { array, start: 0, stride: 1, count: 1 }
  const start = startOf(array, [axis], index)
  if (start === undefined) return undefined
  return { array, start, stride: stridesOf(array)[axis]!, count: array.shape[axis]! }
}

/** The plane of two different axes, as `lineOf`. */
export function planeOf(
  array: NdArray,
  [rowAxis, columnAxis]: readonly [number, number],
  index: readonly number[],
): Plane | undefined {
  const start = rowAxis === columnAxis ? undefined : startOf(array, [rowAxis, columnAxis], index)
  if (start === undefined) return undefined
  const strides = stridesOf(array)
  return {
    array,
    start,
    rows: array.shape[rowAxis]!,
    columns: array.shape[columnAxis]!,
    rowStride: strides[rowAxis]!,
    columnStride: strides[columnAxis]!,
  }
}

function startOf(array: NdArray, shown: readonly number[], index: readonly number[]): number | undefined {
  const { shape } = array
  if (shown.some((axis) => !Number.isInteger(axis) || axis < 0 || axis >= shape.length)) return undefined
  const strides = stridesOf(array)
  let start = 0
  for (const [axis, length] of shape.entries()) {
    if (shown.includes(axis)) continue
    const at = index[axis] ?? 0
    if (!Number.isInteger(at) || at < 0 || at >= length) return undefined
    start += at * strides[axis]!
  }
  return start
}

/** Elements further apart than this are read one by one; nearer ones with what is between them. */
const nearBytes = 4096
/** What a read of its own costs, told in bytes read: a bound on both. */
const readCostBytes = 4096

/** Bytes that reading so many elements costs. */
export function lineCost(line: Pick<Line, 'array' | 'stride'>, count: number): number {
  const { itemsize } = line.array.dtype
  const gap = line.stride * itemsize
  return readCostBytes + count * (gap <= nearBytes ? gap : Math.max(readCostBytes, itemsize))
}

/** Elements `[from, to)` of a line, packed. */
function readSection({ array, start, stride }: Line, from: number, to: number): Uint8Array {
  const { itemsize } = array.dtype
  if (stride * itemsize <= nearBytes || to - from < 2) {
    return readLine(array, start + from * stride, to - from, stride)
  }
  const packed = new Uint8Array((to - from) * itemsize)
  for (let i = from; i < to; i++) packed.set(readLine(array, start + i * stride, 1, 1), (i - from) * itemsize)
  return packed
}

/** Elements `[from, to)` of a line as numbers; NaN where they are masked. May be a view of the bytes. */
export function readNumbers(line: Line, read: NumberReader, from: number, to: number): Float64Array {
  const numbers = read(readSection(line, from, to))
  const { mask } = line.array
  if (!mask) return numbers
  const isMasked = readSection({ ...line, array: mask }, from, to)
  return numbers.map((number, i) => (isMasked[i] === 0 ? number : Number.NaN))
}

export function numbersAlong(line: Line, read: NumberReader): NumberLine {
  return {
    count: line.count,
    cost: (count) => lineCost(line, count),
    read: (from, to) => readNumbers(line, read, from, to),
  }
}
