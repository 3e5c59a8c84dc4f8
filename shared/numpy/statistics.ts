import { nativeLittle, swapBytes } from './byte-order.ts'
import { sampledChunks } from './chunks.ts'
import type { DType } from './dtype.ts'
import { safeInteger, viewOfBytes } from './element.ts'
import { extendedFloat, halfFloat } from './floats.ts'
import type { NdArray } from './ndarray.ts'

/** What can be said about the numbers of an array. Booleans count as 0 and 1. */
export interface Statistics {
  /** Elements looked at: all, or some spread evenly over the array, when `sampled` is set. */
  readonly count: number
  readonly finite: number
  readonly nan: number
  readonly infinite: number
  readonly zeros: number
  /** Over the finite elements; absent if there is none. `bigint` beyond ±(2^53 − 1). */
  readonly min?: number | bigint
  readonly max?: number | bigint
  readonly mean?: number
  /** Population standard deviation, as `numpy.std`; absent where it is beyond float64. */
  readonly standardDeviation?: number
  /** Equal-width bins from min to max; a single full bin where min equals max. */
  readonly histogram?: readonly number[]
  readonly sampled?: number
}

/** True for dtypes of real numbers and booleans. */
export function isNumeric(dtype: DType): boolean {
  return dtype.kind === 'b' || dtype.kind === 'i' || dtype.kind === 'u' || dtype.kind === 'f'
}

/**
 * One pass over the array in chunks (two with a histogram); `undefined` if the
 * elements are no real numbers or not here.
 */
export function statisticsOf(
  array: NdArray,
  options: { bins?: number; maxElements?: number } = {},
): Statistics | undefined {
  if (!isNumeric(array.dtype) || !array.data) return undefined
  const maxElements = options.maxElements ?? Infinity
  const summary = new Summary()
  for (const chunk of sampledChunks(array, maxElements)) summary.add(array.dtype, chunk)
  const result = summary.result()
  const { min, max } = result
  const bins = options.bins ?? 0
  const histogram =
    bins > 0 && min !== undefined && max !== undefined
      ? histogramOf(array, maxElements, Number(min), Number(max), bins)
      : undefined
  return { ...result, histogram, sampled: array.size > maxElements ? result.count : undefined }
}

/** Adds up chunks of elements; `result` may be asked at any time. */
export class Summary {
  #count = 0
  #nan = 0
  #infinite = 0
  #zeros = 0
  #min: number | bigint | undefined
  #max: number | bigint | undefined
  #mean = 0
  #squares = 0

  get finite(): number {
    return this.#count - this.#nan - this.#infinite
  }

  /** Takes the bytes of whole elements; answers them as numbers, for whoever wants to go on with them. */
  add(dtype: DType, bytes: Uint8Array): Float64Array {
    const values = numbersOf(dtype, bytes)
    const before = this.finite
    let min = Infinity
    let max = -Infinity
    let sum = 0
    let nan = 0
    let infinite = 0
    let zeros = 0
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      if (value - value !== 0) {
        if (value !== value) nan++
        else infinite++
        continue
      }
      if (value === 0) zeros++
      if (value < min) min = value
      if (value > max) max = value
      sum += value
    }
    this.#count += values.length
    this.#nan += nan
    this.#infinite += infinite
    this.#zeros += zeros
    const added = this.finite - before
    if (added === 0) return values
    const isExact = Math.abs(min) <= Number.MAX_SAFE_INTEGER && Math.abs(max) <= Number.MAX_SAFE_INTEGER
    const exact = isExact || dtype.kind === 'f' ? undefined : exactExtremes(dtype, bytes)
    this.#widen(exact?.min ?? min, exact?.max ?? max)
    const mean = chunkMean(values, sum, added)
    this.#merge(before, added, mean, squaresAround(values, mean))
    return values
  }

  #widen(min: number | bigint, max: number | bigint): void {
    if (this.#min === undefined || min < this.#min) this.#min = min
    if (this.#max === undefined || max > this.#max) this.#max = max
  }

  /** Chan, Golub and LeVeque's merge of two means and sums of squared differences. */
  #merge(before: number, added: number, mean: number, squares: number): void {
    const whole = before + added
    const difference = mean - this.#mean
    this.#mean += (difference * added) / whole
    this.#squares += squares + difference * difference * ((before * added) / whole)
  }

  result(): Statistics {
    const { finite } = this
    const counts = {
      count: this.#count,
      finite,
      nan: this.#nan,
      infinite: this.#infinite,
      zeros: this.#zeros,
    }
    if (finite === 0) return counts
    const deviation = Math.sqrt(this.#squares / finite)
    const standardDeviation = Number.isFinite(deviation) ? deviation : undefined
    return { ...counts, min: this.#min, max: this.#max, mean: this.#mean, standardDeviation }
  }
}

/** Sum of the squared distances of the finite numbers. */
function squaresAround(values: Float64Array, mean: number): number {
  let squares = 0
  for (let i = 0; i < values.length; i++) {
    const difference = values[i]! - mean
    if (difference - difference === 0) squares += difference * difference
  }
  return squares
}

/** Smallest and largest of 64-bit integers to the last digit, which float64 has not room for. */
function exactExtremes(
  dtype: DType,
  bytes: Uint8Array,
): { min: number | bigint; max: number | bigint } | undefined {
  const { buffer, byteOffset, length } = nativeBytes(bytes, dtype)
  if (length === 0) return undefined
  const integers = new (dtype.kind === 'i' ? BigInt64Array : BigUint64Array)(buffer, byteOffset, length / 8)
  let min = integers[0]!
  let max = min
  for (const value of integers) {
    if (value < min) min = value
    if (value > max) max = value
  }
  return { min: safeInteger(min), max: safeInteger(max) }
}

/** A sum that left the range of float64 is taken again, divided first. */
function chunkMean(values: Float64Array, sum: number, count: number): number {
  if (Number.isFinite(sum)) return sum / count
  let mean = 0
  for (const value of values) if (Number.isFinite(value)) mean += value / count
  return mean
}

function histogramOf(array: NdArray, maxElements: number, min: number, max: number, bins: number): number[] {
  const counts = Array.from<number>({ length: bins }).fill(0)
  // Halves keep the width finite where max - min overflows.
  const width = max / 2 - min / 2
  for (const chunk of sampledChunks(array, maxElements)) {
    for (const value of numbersOf(array.dtype, chunk)) {
      if (!Number.isFinite(value)) continue
      const share = width === 0 ? 0 : (value / 2 - min / 2) / width
      counts[Math.min(bins - 1, Math.floor(share * bins))]!++
    }
  }
  return counts
}

/**
 * Bytes of whole elements of a numeric dtype as float64, to which 64-bit integers and
 * longdoubles are rounded. Always float64, so that the loops over them are compiled
 * for one type. May be a view of the bytes.
 */
export function numbersOf(dtype: DType, bytes: Uint8Array): Float64Array {
  const { kind, itemsize } = dtype
  if (kind === 'b') return new Float64Array(bytes.map((byte) => (byte === 0 ? 0 : 1)))
  if (kind === 'f' && itemsize !== 4 && itemsize !== 8) return unusualFloats(dtype, bytes)
  const native = nativeBytes(bytes, dtype)
  const { buffer, byteOffset } = native
  const length = native.length / itemsize
  if (kind === 'f' && itemsize === 8) return new Float64Array(buffer, byteOffset, length)
  if (kind === 'f') return new Float64Array(new Float32Array(buffer, byteOffset, length))
  const signed = kind === 'i'
  if (itemsize === 8) return roundedIntegers(native, signed)
  const Integers =
    itemsize === 1
      ? signed
        ? Int8Array
        : Uint8Array
      : itemsize === 2
        ? signed
          ? Int16Array
          : Uint16Array
        : signed
          ? Int32Array
          : Uint32Array
  return new Float64Array(new Integers(buffer, byteOffset, length))
}

/** The bytes in this machine's order and aligned to the items; a copy if they are not so already. */
function nativeBytes(bytes: Uint8Array, { itemsize, byteOrder }: DType): Uint8Array<ArrayBuffer> {
  const isNative = itemsize === 1 || (byteOrder !== '>') === nativeLittle
  if (isNative && bytes.byteOffset % itemsize === 0) return bytes as Uint8Array<ArrayBuffer>
  // Not `slice()`: that of Node's Buffer does not copy.
  const copy = new Uint8Array(bytes)
  if (!isNative) swapBytes(copy, itemsize)
  return copy
}

/** 64-bit integers by their halves: much faster than through bigints, and rounded the same, once. */
function roundedIntegers(
  { buffer, byteOffset, length }: Uint8Array<ArrayBuffer>,
  signed: boolean,
): Float64Array {
  const halves = new Uint32Array(buffer, byteOffset, length / 4)
  const numbers = new Float64Array(length / 8)
  const [low, high] = nativeLittle ? [0, 1] : [1, 0]
  for (let i = 0; i < numbers.length; i++) {
    const top = halves[2 * i + high]!
    numbers[i] = (signed ? top | 0 : top) * 0x1_0000_0000 + halves[2 * i + low]!
  }
  return numbers
}

function unusualFloats(dtype: DType, bytes: Uint8Array): Float64Array {
  const { itemsize } = dtype
  const view = viewOfBytes(bytes)
  const little = dtype.byteOrder !== '>'
  const numbers = new Float64Array(bytes.length / itemsize)
  for (let i = 0; i < numbers.length; i++) {
    const offset = i * itemsize
    numbers[i] =
      itemsize === 2
        ? halfFloat(view.getUint16(offset, little))
        : extendedFloat(view, offset, itemsize, little)
  }
  return numbers
}
