/** Numbers of a column in as few bytes as hold all of them: 1, 2 or 4 for whole numbers, else 8 for floats. */
export interface Packed {
  readonly width: number
  readonly bytes: Uint8Array
}

/** Of this machine's byte order: an index is not carried to another. */
const wholeNumbers = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array } as const
type Width = keyof typeof wholeNumbers

export function packWhole(values: Uint32Array): Packed {
  let highest = 0
  for (const value of values) if (value > highest) highest = value
  const width: Width = highest < 2 ** 8 ? 1 : highest < 2 ** 16 ? 2 : 4
  return { width, bytes: bytesOf(width === 4 ? values : wholeNumbers[width].from(values)) }
}

/** The first `end` of the values that were packed; where there were fewer, `absent`. */
export function unpackWhole({ width, bytes }: Packed, end: number, absent: number): Uint32Array | undefined {
  if (!isWidth(width)) return undefined
  const values = new Uint32Array(end)
  const packed = new wholeNumbers[width](alignedBuffer(bytes))
  values.set(packed.subarray(0, end))
  if (absent !== 0 && packed.length < end) values.fill(absent, packed.length)
  return values
}

/** NaN stands for none. */
export function packNumbers(values: Float64Array): Packed {
  const moved = new Uint32Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (Number.isNaN(value)) continue
    // None is 0, and every number one more than it is.
    moved[i] = value + 1
    if (value < 0 || moved[i] !== value + 1) return { width: 8, bytes: bytesOf(values) }
  }
  return packWhole(moved)
}

export function unpackNumbers(packed: Packed, end: number): Float64Array | undefined {
  const values = new Float64Array(end).fill(Number.NaN)
  if (packed.width === 8) {
    values.set(new Float64Array(alignedBuffer(packed.bytes)).subarray(0, end))
    return values
  }
  const moved = unpackWhole(packed, end, 0)
  if (!moved) return undefined
  for (let i = 0; i < end; i++) if (moved[i] !== 0) values[i] = moved[i]! - 1
  return values
}

function isWidth(width: number): width is Width {
  return Object.hasOwn(wholeNumbers, width)
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** Bytes from SQLite begin anywhere in a larger buffer; numbers must not. */
function alignedBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes
  const isWhole = buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength
  return isWhole ? buffer : new Uint8Array(bytes).buffer
}
