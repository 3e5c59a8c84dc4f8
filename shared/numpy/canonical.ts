import type { DType } from './dtype.ts'
import { swapBytes } from './byte-order.ts'

/**
 * Bytes of whole elements in the form that the rendering's hash is taken of:
 * little-endian, fields one after another without padding. The same array gives
 * the same bytes whatever its byte order, alignment or field offsets were.
 */
export function canonicalBytes(dtype: DType, bytes: Uint8Array): Uint8Array {
  const pieces = piecesOf(dtype)
  const packedSize = pieces.reduce((sum, piece) => sum + piece.size, 0)
  if (pieces.length === 1 && pieces[0]!.swap === 0 && packedSize === dtype.itemsize) return bytes
  const count = dtype.itemsize === 0 ? 0 : Math.floor(bytes.length / dtype.itemsize)
  const packed = new Uint8Array(count * packedSize)
  let to = 0
  for (let i = 0; i < count; i++) {
    const from = i * dtype.itemsize
    for (const { offset, size, swap } of pieces) {
      const target = packed.subarray(to, to + size)
      target.set(bytes.subarray(from + offset, from + offset + size))
      if (swap > 0) swapBytes(target, swap)
      to += size
    }
  }
  return packed
}

/** Neighbouring bytes that are copied together; `swap` is the size of the items to turn around, 0 for none. */
interface Piece {
  readonly offset: number
  readonly size: number
  readonly swap: number
}

/** Repeats of a sub-array of structures are unrolled up to this many pieces in all. */
const maxPieces = 100_000

function piecesOf(dtype: DType): Piece[] {
  const pieces: Piece[] = []
  addPieces(dtype, 0, pieces)
  return pieces
}

/** The depth is bounded by the dtype's parser. */
function addPieces(dtype: DType, offset: number, pieces: Piece[]): void {
  if (pieces.length > maxPieces) return
  if (dtype.fields) {
    for (const field of dtype.fields) addPieces(field.dtype, offset + field.offset, pieces)
    return
  }
  if (!dtype.subarray) {
    pieces.push({ offset, size: dtype.itemsize, swap: swapSize(dtype) })
    return
  }
  const { base } = dtype.subarray
  if (!base.fields && !base.subarray) {
    pieces.push({ offset, size: dtype.itemsize, swap: swapSize(base) })
    return
  }
  for (let at = 0; at < dtype.itemsize; at += base.itemsize) addPieces(base, offset + at, pieces)
}

function swapSize(dtype: DType): number {
  if (dtype.byteOrder !== '>') return 0
  if (dtype.kind === 'U') return 4
  return dtype.kind === 'c' ? dtype.itemsize / 2 : dtype.itemsize
}
