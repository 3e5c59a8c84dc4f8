import type { NdArray } from './ndarray.ts'
import { readLine, stridesOf } from './ndarray.ts'

const chunkBytes = 1 << 20
/** Fortran-ordered arrays up to this many bytes are taken into memory to be put into C order. */
const transposedBytes = 256 << 20
/** Of larger ones, so much at a time. */
const blockBytes = 64 << 20

/**
 * The elements' bytes as they are stored (byte order, C or F), in chunks of about
 * 1 MiB of whole elements. Nothing for arrays without bytes or of itemsize 0.
 */
export function* storedChunks(array: NdArray): Generator<Uint8Array> {
  yield* chunksOf(array, 0, array.size)
}

/** Stretches that a sample is taken in. */
const sampleRuns = 64

/**
 * The same of at most about so many elements, in stretches spread evenly over the array. Those that are masked are left
 * out.
 */
export function* sampledChunks(array: NdArray, maxElements: number): Generator<Uint8Array> {
  const { size } = array
  if (size <= maxElements) {
    yield* chunksOf(array, 0, size, array.mask)
    return
  }
  const run = Math.max(1, Math.floor(maxElements / sampleRuns))
  const runs = Math.min(sampleRuns, Math.floor(maxElements / run))
  for (let i = 0; i < runs; i++) {
    const start = Math.floor(((2 * i + 1) * size) / (2 * runs) - run / 2)
    yield* chunksOf(array, start, start + run, array.mask)
  }
}

function* chunksOf(array: NdArray, from: number, to: number, mask?: NdArray): Generator<Uint8Array> {
  const { itemsize } = array.dtype
  if (!array.data || itemsize === 0) return
  const perChunk = Math.max(1, Math.floor(chunkBytes / itemsize))
  for (let start = from; start < to; start += perChunk) {
    const count = Math.min(perChunk, to - start)
    const bytes = readLine(array, start, count, 1)
    yield mask ? withoutMasked(bytes, readLine(mask, start, count, 1), itemsize) : bytes
  }
}

function withoutMasked(bytes: Uint8Array, isMasked: Uint8Array, itemsize: number): Uint8Array {
  const left = new Uint8Array(bytes.length)
  let length = 0
  for (let i = 0; i < isMasked.length; i++) {
    if (isMasked[i] !== 0) continue
    left.set(bytes.subarray(i * itemsize, (i + 1) * itemsize), length)
    length += itemsize
  }
  return left.subarray(0, length)
}

/**
 * The same in C order, whatever order is stored. A Fortran-ordered array above
 * 256 MiB is gathered block by block, which takes many small reads.
 */
export function* orderedChunks(array: NdArray): Generator<Uint8Array> {
  if (array.order === 'C' || !array.data || array.dtype.itemsize === 0) {
    yield* storedChunks(array)
    return
  }
  const { itemsize } = array.dtype
  const rows = array.shape[0]!
  const rowElements = array.size / rows
  const whole = array.size * itemsize <= transposedBytes ? readLine(array, 0, array.size, 1) : undefined
  const perBlock = Math.floor((whole ? chunkBytes : blockBytes) / (rowElements * itemsize))
  if (perBlock === 0 && !whole) {
    yield* singleElements(array, rowElements)
    return
  }
  const positions = rowElements * 4 <= transposedBytes ? cPositions(array, rowElements) : undefined
  for (let row = 0; row < rows; row += Math.max(1, perBlock)) {
    const height = Math.min(Math.max(1, perBlock), rows - row)
    const block = new Uint8Array(height * rowElements * itemsize)
    for (let k = 0; k < rowElements; k++) {
      const start = row + k * rows
      const run =
        whole?.subarray(start * itemsize, (start + height) * itemsize) ?? readLine(array, start, height, 1)
      const column = positions ? positions[k]! : cPosition(array, k)
      for (let i = 0; i < height; i++) {
        copyElement(block, (i * rowElements + column) * itemsize, run, i * itemsize, itemsize)
      }
    }
    yield block
  }
}

function copyElement(
  target: Uint8Array,
  to: number,
  source: Uint8Array,
  from: number,
  itemsize: number,
): void {
  for (let i = 0; i < itemsize; i++) target[to + i] = source[from + i]!
}

/** Of the dimensions after the first: the C position of the k-th element of the Fortran order. */
function cPositions(array: NdArray, rowElements: number): Float64Array {
  const positions = new Float64Array(rowElements)
  for (let k = 0; k < rowElements; k++) positions[k] = cPosition(array, k)
  return positions
}

function cPosition(array: NdArray, k: number): number {
  const { shape } = array
  let rest = k
  let position = 0
  let stride = 1
  for (let i = 1; i < shape.length; i++) stride *= shape[i]!
  for (let i = 1; i < shape.length; i++) {
    stride /= shape[i]!
    position += (rest % shape[i]!) * stride
    rest = Math.floor(rest / shape[i]!)
  }
  return position
}

/** One row alone is beyond the block: its elements one at a time. */
function* singleElements(array: NdArray, rowElements: number): Generator<Uint8Array> {
  const { itemsize } = array.dtype
  const strides = stridesOf(array)
  const perChunk = Math.max(1, Math.floor(chunkBytes / itemsize))
  for (let start = 0; start < array.size; start += perChunk) {
    const count = Math.min(perChunk, array.size - start)
    const chunk = new Uint8Array(count * itemsize)
    for (let i = 0; i < count; i++) {
      const flat = start + i
      let rest = flat % rowElements
      let position = Math.floor(flat / rowElements)
      for (let axis = array.shape.length - 1; axis > 0; axis--) {
        position += (rest % array.shape[axis]!) * strides[axis]!
        rest = Math.floor(rest / array.shape[axis]!)
      }
      chunk.set(readLine(array, position, 1, 1), i * itemsize)
    }
    yield chunk
  }
}
