import { AppError } from '../model/errors.ts'

/** The typed arrays that numpy has a dtype for. */
export type NumericArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array

/** numpy's letter and size for each typed array. */
export const dtypeOfTypedArray: ReadonlyMap<Function, string> = new Map<Function, string>([
  [Int8Array, 'i1'],
  [Uint8Array, 'u1'],
  [Uint8ClampedArray, 'u1'],
  [Int16Array, 'i2'],
  [Uint16Array, 'u2'],
  [Int32Array, 'i4'],
  [Uint32Array, 'u4'],
  [BigInt64Array, 'i8'],
  [BigUint64Array, 'u8'],
  [Float32Array, 'f4'],
  [Float64Array, 'f8'],
])

/**
 * An n-dimensional array for memoized functions: typed elements in C order and their shape.
 * Python loads it as `numpy.ndarray`; a numpy array loaded from a cache comes back as this
 * (one-dimensional ones as the plain typed array).
 */
export class NDArray {
  readonly data: NumericArray
  readonly shape: readonly number[]

  /** @throws AppError `USAGE` if the shape does not multiply to the number of elements. */
  constructor(data: NumericArray, shape: readonly number[]) {
    const count = shape.reduce((product, length) => product * length, 1)
    if (count !== data.length) {
      throw new AppError(
        'USAGE',
        `Expected ${count} elements for the shape (${shape.join(', ')}), got ${data.length}: give a shape that multiplies to the length`,
      )
    }
    this.data = data
    this.shape = shape
  }
}
