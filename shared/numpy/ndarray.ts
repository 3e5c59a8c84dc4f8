import type { ByteSource } from '../model/source.ts'
import { MemorySource } from '../model/source.ts'
import type { BytesRef, Value } from '../value/value.ts'
import type { DType } from './dtype.ts'
import type { Element } from './element.ts'
import { decodeElement, viewOfBytes } from './element.ts'

/**
 * An array whose elements stay where they are: in a byte source, read by range,
 * or, for arrays of objects, as nodes.
 */
export interface NdArray {
  /** Never a sub-array dtype: numpy turns those into further dimensions. */
  readonly dtype: DType
  readonly shape: readonly number[]
  /** `F` only if the elements are Fortran- and not also C-contiguous. */
  readonly order: 'C' | 'F'
  /** Number of elements; may exceed what any memory holds if the itemsize is 0. */
  readonly size: number
  /** Where the elements' bytes are, in `order`; absent if they are not here or fewer than the shape says. */
  readonly data?: { readonly source: ByteSource; readonly at: number }
  /** The elements of an object array in C order; as many as there are, which may be fewer than `size`. */
  readonly items?: readonly Value[]
  /** Of a masked array: booleans of the same shape and order, true where an element does not count. */
  readonly mask?: NdArray
}

/** An element, or the node of an object array's element. `undefined` where it is not here. */
export type Cell = Element | { readonly kind: 'node'; readonly node: Value } | undefined

const maxDimensions = 64

export interface ArrayParts {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly order: 'C' | 'F'
  readonly source: ByteSource
  readonly data?: BytesRef
  readonly items?: readonly Value[]
}

/** `undefined` if the shape is impossible: negative, not whole, beyond 64 dimensions or 2^53 bytes. */
export function makeArray(parts: ArrayParts): NdArray | undefined {
  const { dtype, shape } = flattenedDType(parts.dtype, parts.shape)
  const size = sizeOf(shape)
  if (size === undefined || shape.length > maxDimensions || !Number.isSafeInteger(size * dtype.itemsize)) {
    return undefined
  }
  const order = parts.order === 'F' && !isCContiguous(shape) ? 'F' : 'C'
  if (parts.items) return { dtype, shape, order, size, items: parts.items }
  const neededBytes = size * dtype.itemsize
  const ref = neededBytes === 0 ? noBytes : parts.data
  const data = ref && !dtype.hasObject ? present(ref, neededBytes, parts.source) : undefined
  return { dtype, shape, order, size, data }
}

const noBytes: BytesRef = { inline: new Uint8Array(0), length: 0 }

function flattenedDType(dtype: DType, shape: readonly number[]): { dtype: DType; shape: readonly number[] } {
  if (!dtype.subarray) return { dtype, shape }
  let inner = dtype
  const whole = [...shape]
  while (inner.subarray) {
    whole.push(...inner.subarray.shape)
    inner = inner.subarray.base
  }
  return { dtype: inner, shape: whole }
}

function present(data: BytesRef, neededBytes: number, source: ByteSource): NdArray['data'] {
  if (data.length < neededBytes) return undefined
  if (data.inline) return { source: new MemorySource(data.inline), at: 0 }
  if (data.at === undefined || data.at + neededBytes > source.byteLength) return undefined
  return { source, at: data.at }
}

/** Product of the lengths, `undefined` if one of them is no length or the product not exact. */
function sizeOf(shape: readonly number[]): number | undefined {
  let size = 1
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) return undefined
    size *= length
  }
  if (shape.includes(0)) return 0
  return Number.isSafeInteger(size) ? size : undefined
}

/** A Fortran-ordered array of this shape is C-contiguous too. */
function isCContiguous(shape: readonly number[]): boolean {
  return shape.includes(0) || shape.filter((length) => length !== 1).length <= 1
}

/** Distance of neighbours along each dimension, in elements of the stored order. */
export function stridesOf(array: Pick<NdArray, 'shape' | 'order'>): number[] {
  const { shape } = array
  const strides = shape.map(() => 1)
  if (array.order === 'C') {
    for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * shape[i + 1]!
  } else {
    for (let i = 1; i < shape.length; i++) strides[i] = strides[i - 1]! * shape[i - 1]!
  }
  return strides
}

/** Position in the stored order of the element at a flat C index. */
function storedPosition(array: NdArray, strides: readonly number[], flat: number): number {
  if (array.order === 'C') return flat
  let rest = flat
  let position = 0
  for (let i = array.shape.length - 1; i >= 0; i--) {
    const length = array.shape[i]!
    position += (rest % length) * strides[i]!
    rest = Math.floor(rest / length)
  }
  return position
}

/** Elements `[from, to)` in C order, cut to the array's size. Meant for handfuls: every cell is an object. */
export function cellsOf(array: NdArray, from: number, to: number): Cell[] {
  const start = Math.max(0, from)
  const end = Math.min(array.size, to)
  const cells: Cell[] = []
  if (array.items || !array.data) {
    for (let i = start; i < end; i++) cells.push(nodeCell(array.items?.[i]))
    return cells
  }
  const { dtype } = array
  if (array.order === 'C' && end > start) {
    const view = viewOfBytes(readLine(array, start, end - start, 1))
    for (let i = start; i < end; i++) cells.push(decodeElement(dtype, view, (i - start) * dtype.itemsize))
    return cells
  }
  const strides = stridesOf(array)
  for (let i = start; i < end; i++) {
    const bytes = readLine(array, storedPosition(array, strides, i), 1, 1)
    cells.push(decodeElement(dtype, viewOfBytes(bytes), 0))
  }
  return cells
}

function nodeCell(node: Value | undefined): Cell {
  return node && { kind: 'node', node }
}

/** Lengths of the two dimensions that a window shows: `[rows, columns]`; one-dimensional arrays have one column. */
export function windowShape(array: Pick<NdArray, 'shape'>): readonly [rows: number, columns: number] {
  const { shape } = array
  if (shape.length === 0) return [1, 1]
  return shape.length === 1 ? [shape[0]!, 1] : [shape.at(-2)!, shape.at(-1)!]
}

/**
 * Cells of rows `[rows[0], rows[1])` and columns `[columns[0], columns[1])` of the
 * last two dimensions, the others fixed by `index` (missing numbers are 0). Ranges
 * are cut to the shape. Reads the bytes of the window, in runs where they lie
 * together, and no others but small gaps. `undefined` if `index` is out of range.
 */
export function windowOf(
  array: NdArray,
  index: readonly number[],
  rows: readonly [number, number],
  columns: readonly [number, number],
): Cell[][] | undefined {
  const strides = stridesOf(array)
  const leading = Math.max(0, array.shape.length - 2)
  const base = basePosition(array, strides, index, leading)
  if (base === undefined) return undefined
  const [rowCount, columnCount] = windowShape(array)
  const [rowFrom, rowTo] = clamp(rows, rowCount)
  const [columnFrom, columnTo] = clamp(columns, columnCount)
  const rowStride = array.shape.length === 0 ? 0 : strides[leading]!
  const columnStride = array.shape.length < 2 ? 0 : strides[leading + 1]!
  const height = rowTo - rowFrom
  const width = columnTo - columnFrom
  const start = base + rowFrom * rowStride + columnFrom * columnStride
  if (array.items || !array.data) {
    return grid(height, width, (row, column) => {
      const flat = objectPosition(array, index, leading) + (rowFrom + row) * columnCount + columnFrom + column
      return nodeCell(array.items?.[flat])
    })
  }
  const { dtype } = array
  const alongRows = width > 1 && (columnStride <= rowStride || height === 1)
  // Whole rows that lie together are one run.
  if (alongRows && columnStride === 1 && rowStride === width) {
    const view = viewOfBytes(readLine(array, start, height * width, 1))
    return grid(height, width, (row, column) =>
      decodeElement(dtype, view, (row * width + column) * dtype.itemsize),
    )
  }
  const lines: DataView[] = []
  for (let line = 0; line < (alongRows ? height : width); line++) {
    const lineStart = start + line * (alongRows ? rowStride : columnStride)
    lines.push(
      viewOfBytes(
        alongRows
          ? readLine(array, lineStart, width, columnStride)
          : readLine(array, lineStart, height, rowStride),
      ),
    )
  }
  return grid(height, width, (row, column) => {
    const [line, position] = alongRows ? [row, column] : [column, row]
    return decodeElement(dtype, lines[line]!, position * dtype.itemsize)
  })
}

function grid(height: number, width: number, cell: (row: number, column: number) => Cell): Cell[][] {
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (__, column) => cell(row, column)),
  )
}

function clamp([from, to]: readonly [number, number], length: number): [number, number] {
  const start = Math.min(Math.max(0, from), length)
  return [start, Math.min(Math.max(start, to), length)]
}

function basePosition(
  array: NdArray,
  strides: readonly number[],
  index: readonly number[],
  leading: number,
): number | undefined {
  let base = 0
  for (let i = 0; i < leading; i++) {
    const position = index[i] ?? 0
    if (!Number.isInteger(position) || position < 0 || position >= array.shape[i]!) return undefined
    base += position * strides[i]!
  }
  return base
}

/** Flat C index of the first element of the fixed leading dimensions. */
function objectPosition(array: NdArray, index: readonly number[], leading: number): number {
  const strides = stridesOf({ shape: array.shape, order: 'C' })
  let base = 0
  for (let i = 0; i < leading; i++) base += (index[i] ?? 0) * strides[i]!
  return base
}

/** Elements that lie apart are read with what is between them up to this span. */
const spanBytes = 1 << 20

/** `count` elements from a stored position on, `stride` elements apart, packed. */
export function readLine(array: NdArray, start: number, count: number, stride: number): Uint8Array {
  const { itemsize } = array.dtype
  const { source, at } = array.data!
  if (stride === 1 || count === 1) return source.read(at + start * itemsize, count * itemsize)
  const packed = new Uint8Array(count * itemsize)
  const perRead = Math.max(1, Math.floor(spanBytes / (stride * itemsize || 1)))
  for (let first = 0; first < count; first += perRead) {
    const elements = Math.min(perRead, count - first)
    const span = source.read(
      at + (start + first * stride) * itemsize,
      ((elements - 1) * stride + 1) * itemsize,
    )
    for (let i = 0; i < elements; i++) {
      const from = i * stride * itemsize
      packed.set(span.subarray(from, from + itemsize), (first + i) * itemsize)
    }
  }
  return packed
}
