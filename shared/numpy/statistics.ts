import { nativeLittle, swapBytes } from './byte-order.ts'
import { storedChunks } from './chunks.ts'
import type { DType } from './dtype.ts'
import { safeInteger, viewOfBytes } from './element.ts'
import { extendedFloat, halfFloat } from './floats.ts'
import type { NdArray } from './ndarray.ts'

/** What can be said about the numbers of an array. Booleans count as 0 and 1. */
export interface Statistics {
  /** Elements looked at: all, or the first `maxElements` in stored order, when `sampled` is set. */
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

type Numbers =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array

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
  for (const chunk of storedChunks(array, maxElements)) summary.add(numbersOf(array.dtype, chunk))
  const result = summary.result()
  const { min, max } = result
  const bins = options.bins ?? 0
  const histogram =
    bins > 0 && min !== undefined && max !== undefined
      ? histogramOf(array, maxElements, Number(min), Number(max), bins)
      : undefined
  return { ...result, histogram, sampled: array.size > maxElements ? result.count : undefined }
}

/** Adds up chunks of numbers; `result` may be asked at any time. */
export class Summary {
  #count = 0
  #nan = 0
  #infinite = 0
  #zeros = 0
  #min: number | bigint | undefined
  #max: number | bigint | undefined
  #mean = 0
  #squares = 0

  add(numbers: Numbers): void {
    if (numbers instanceof BigInt64Array || numbers instanceof BigUint64Array) this.#addIntegers(numbers)
    else this.#addNumbers(numbers)
  }

  get finite(): number {
    return this.#count - this.#nan - this.#infinite
  }

  #addNumbers(numbers: Exclude<Numbers, BigInt64Array | BigUint64Array>): void {
    const before = this.finite
    let min = Infinity
    let max = -Infinity
    let sum = 0
    let nan = 0
    let infinite = 0
    let zeros = 0
    // The library is typed as a union of arrays; a loop over one type is what the engine compiles well.
    const values = numbers as Float64Array
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
    if (added === 0) return
    this.#widen(min, max)
    const mean = chunkMean(values, sum, added)
    let squares = 0
    for (let i = 0; i < values.length; i++) {
      const difference = values[i]! - mean
      if (difference - difference === 0) squares += difference * difference
    }
    this.#merge(before, added, mean, squares)
  }

  #addIntegers(values: BigInt64Array | BigUint64Array): void {
    if (values.length === 0) return
    const before = this.finite
    const numbers = new Float64Array(values.length)
    let min = values[0]!
    let max = min
    let sum = 0
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      if (value < min) min = value
      if (value > max) max = value
      const number = Number(value)
      numbers[i] = number
      sum += number
      if (number === 0) this.#zeros++
    }
    this.#count += values.length
    this.#widen(safeInteger(min), safeInteger(max))
    const mean = sum / values.length
    let squares = 0
    for (const number of numbers) squares += (number - mean) ** 2
    this.#merge(before, values.length, mean, squares)
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
  for (const chunk of storedChunks(array, maxElements)) {
    for (const raw of numbersOf(array.dtype, chunk)) {
      const value = Number(raw)
      if (!Number.isFinite(value)) continue
      const share = width === 0 ? 0 : (value / 2 - min / 2) / width
      counts[Math.min(bins - 1, Math.floor(share * bins))]!++
    }
  }
  return counts
}

/**
 * Bytes of whole elements of a numeric dtype as a typed array: a view where they
 * are aligned and of this machine's order, else a copy. Booleans become 0 and 1.
 */
export function numbersOf(dtype: DType, bytes: Uint8Array): Numbers {
  const { kind, itemsize } = dtype
  if (kind === 'b') return bytes.map((byte) => (byte === 0 ? 0 : 1))
  if (kind === 'f' && itemsize !== 4 && itemsize !== 8) return unusualFloats(dtype, bytes)
  const native = itemsize === 1 || (dtype.byteOrder !== '>') === nativeLittle
  const inPlace = native && bytes.byteOffset % itemsize === 0
  // Not `slice()`: that of Node's Buffer does not copy.
  const aligned = inPlace ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes)
  if (!native) swapBytes(aligned, itemsize)
  const { buffer, byteOffset } = aligned
  const length = aligned.length / itemsize
  if (kind === 'f') return new (itemsize === 4 ? Float32Array : Float64Array)(buffer, byteOffset, length)
  const signed = kind === 'i'
  if (itemsize === 1) return new (signed ? Int8Array : Uint8Array)(buffer, byteOffset, length)
  if (itemsize === 2) return new (signed ? Int16Array : Uint16Array)(buffer, byteOffset, length)
  if (itemsize === 4) return new (signed ? Int32Array : Uint32Array)(buffer, byteOffset, length)
  return new (signed ? BigInt64Array : BigUint64Array)(buffer, byteOffset, length)
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
