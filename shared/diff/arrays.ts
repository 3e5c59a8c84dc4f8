import { canonicalBytes } from '../numpy/canonical.ts'
import type { DType } from '../numpy/dtype.ts'
import { dtypeText } from '../numpy/dtype.ts'
import { elementText } from '../numpy/element.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import { cellsOf } from '../numpy/ndarray.ts'
import { isNumeric, numbersOf } from '../numpy/statistics.ts'
import { ElementReader } from './element-reader.ts'
import { areClose } from './numbers.ts'
import type { ArrayDifference, Tolerance } from './types.ts'

export interface ArrayComparison {
  /** Absent for arrays that are equal. */
  readonly difference?: ArrayDifference
  /** False if elements are not here or the budget ended it. */
  readonly isComplete: boolean
}

/** Elements compared at a time. */
const blockElements = 1 << 16

export interface ElementBudget {
  elements: number
}

/**
 * Compares two arrays in blocks, whatever their byte order, alignment or storage
 * order. Not for arrays of objects: their items are nodes. Tolerance is for floats
 * and complex numbers; structured elements are compared exactly.
 */
export function compareArrays(
  left: NdArray,
  right: NdArray,
  tolerance: Tolerance,
  budget: ElementBudget,
): ArrayComparison {
  const leftType = typeText(left.dtype)
  const rightType = typeText(right.dtype)
  const dtype = leftType === rightType ? undefined : ([leftType, rightType] as const)
  const isSameShape =
    left.shape.length === right.shape.length && left.shape.every((length, i) => length === right.shape[i])
  if (!isSameShape) {
    const shape = [left.shape, right.shape] as const
    return { difference: { dtype, shape, elements: 0, differing: 0 }, isComplete: true }
  }
  const areHere = Boolean(left.data && right.data) && left.dtype.itemsize > 0 && right.dtype.itemsize > 0
  const elements = areHere ? Math.min(left.size, budget.elements) : 0
  budget.elements -= elements
  const tally = new Tally(left.shape, left.order === 'F' && right.order === 'F' ? 'F' : 'C')
  if (elements > 0) compareElements(left, right, elements, tolerance, tally)
  const difference = dtype || tally.differing > 0 ? { dtype, elements, ...tally.result() } : undefined
  return { difference, isComplete: elements === left.size || left.dtype.itemsize === 0 }
}

/** The dtype without its byte order, which is no difference. */
function typeText(dtype: DType): string {
  return dtypeText(dtype).replaceAll('>', '<')
}

/** Counts what differs; positions are those of the compared order. */
class Tally {
  readonly #shape: readonly number[]
  /** In which positions are counted. */
  order: 'C' | 'F'
  differing = 0
  #first: number | undefined
  #max = -1
  #maxAt: number | undefined

  constructor(shape: readonly number[], order: 'C' | 'F') {
    this.#shape = shape
    this.order = order
  }

  add(position: number, distance: number): void {
    this.differing++
    this.#first ??= position
    if (distance > this.#max) {
      this.#max = distance
      this.#maxAt = position
    }
  }

  result(): Omit<ArrayDifference, 'elements'> {
    const at = this.#maxAt
    return {
      differing: this.differing,
      firstAt: this.#first === undefined ? undefined : this.#index(this.#first),
      ...(at === undefined ? {} : { maxAbsolute: this.#max, maxAt: this.#index(at) }),
    }
  }

  #index(position: number): number[] {
    const lengths = this.order === 'F' ? this.#shape : this.#shape.toReversed()
    let rest = position
    const index = lengths.map((length) => {
      const at = rest % length
      rest = Math.floor(rest / length)
      return at
    })
    return this.order === 'F' ? index : index.toReversed()
  }
}

/** Compares a block of elements whose bytes are given; `at` is the position of the first. */
type BlockComparison = (left: Uint8Array, right: Uint8Array, at: number) => void

function compareElements(
  left: NdArray,
  right: NdArray,
  elements: number,
  tolerance: Tolerance,
  tally: Tally,
): void {
  const compare = comparisonFor(left.dtype, right.dtype, tolerance, tally)
  if (!compare) return compareTexts(left, right, elements, tally)
  const leftReader = new ElementReader(left, tally.order)
  const rightReader = new ElementReader(right, tally.order)
  for (let at = 0; at < elements; at += blockElements) {
    const count = Math.min(blockElements, elements - at)
    compare(leftReader.take(count), rightReader.take(count), at)
  }
}

function comparisonFor(
  left: DType,
  right: DType,
  tolerance: Tolerance,
  tally: Tally,
): BlockComparison | undefined {
  const isSame = typeText(left) === typeText(right)
  if (isNumeric(left) && isNumeric(right)) {
    const isLong = isSame && left.kind !== 'f' && left.itemsize === 8
    return isLong ? longIntegers(left, right, tally) : numbers(left, right, tolerance, tally)
  }
  if (left.kind === 'c' && right.kind === 'c') return complexNumbers(left, right, tolerance, tally)
  return isSame ? bytes(left, right, tally) : undefined
}

function areEqual(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false
  return true
}

function numbers(left: DType, right: DType, tolerance: Tolerance, tally: Tally): BlockComparison {
  const floats = left.kind === 'f' || right.kind === 'f' ? tolerance : {}
  const itemsize = Math.min(left.kind === 'f' ? left.itemsize : 8, right.kind === 'f' ? right.itemsize : 8)
  return (leftBytes, rightBytes, at) => {
    const a = numbersOf(left, leftBytes)
    const b = numbersOf(right, rightBytes)
    for (let i = 0; i < a.length; i++) {
      const x = a[i]!
      const y = b[i]!
      if (x !== y && !areClose(x, y, floats, itemsize)) tally.add(at + i, finiteDistance(x, y))
    }
  }
}

function finiteDistance(left: number, right: number): number {
  const distance = Math.abs(left - right)
  return Number.isFinite(left) && Number.isFinite(right) ? distance : -1
}

/** Integers that a float64 cannot tell apart. */
function longIntegers(left: DType, right: DType, tally: Tally): BlockComparison {
  return (leftBytes, rightBytes, at) => {
    const first = canonicalBytes(left, leftBytes)
    const second = canonicalBytes(right, rightBytes)
    if (areEqual(first, second)) return
    const a = new DataView(first.buffer, first.byteOffset, first.byteLength)
    const b = new DataView(second.buffer, second.byteOffset, second.byteLength)
    const read = (view: DataView, offset: number): bigint =>
      left.kind === 'i' ? view.getBigInt64(offset, true) : view.getBigUint64(offset, true)
    for (let offset = 0; offset < first.length; offset += 8) {
      const x = read(a, offset)
      const y = read(b, offset)
      if (x !== y) tally.add(at + offset / 8, Number(x > y ? x - y : y - x))
    }
  }
}

function complexNumbers(left: DType, right: DType, tolerance: Tolerance, tally: Tally): BlockComparison {
  const half = (dtype: DType): DType => ({ ...dtype, kind: 'f', itemsize: dtype.itemsize / 2 })
  const leftHalf = half(left)
  const rightHalf = half(right)
  const itemsize = Math.min(leftHalf.itemsize, rightHalf.itemsize)
  return (leftBytes, rightBytes, at) => {
    const a = numbersOf(leftHalf, leftBytes)
    const b = numbersOf(rightHalf, rightBytes)
    for (let i = 0; i < a.length; i += 2) {
      const isClose =
        areClose(a[i]!, b[i]!, tolerance, itemsize) && areClose(a[i + 1]!, b[i + 1]!, tolerance, itemsize)
      if (isClose) continue
      const distance = Math.hypot(a[i]! - b[i]!, a[i + 1]! - b[i + 1]!)
      tally.add(at + i / 2, Number.isFinite(distance) ? distance : -1)
    }
  }
}

function bytes(left: DType, right: DType, tally: Tally): BlockComparison {
  return (leftBytes, rightBytes, at) => {
    const a = canonicalBytes(left, leftBytes)
    const b = canonicalBytes(right, rightBytes)
    if (areEqual(a, b)) return
    const size = a.length / (leftBytes.length / left.itemsize)
    for (let offset = 0; offset < a.length; offset += size) {
      if (!areEqual(a.subarray(offset, offset + size), b.subarray(offset, offset + size))) {
        tally.add(at + offset / size, -1)
      }
    }
  }
}

const textElements = 4096

/** Elements of unlike dtypes are equal if Python shows them alike. */
function compareTexts(left: NdArray, right: NdArray, elements: number, tally: Tally): void {
  tally.order = 'C'
  for (let at = 0; at < elements; at += textElements) {
    const to = Math.min(at + textElements, elements)
    const a = cellsOf(left, at, to)
    const b = cellsOf(right, at, to)
    for (const [i, cell] of a.entries()) {
      const other = b[i]
      const isSame =
        cell &&
        other &&
        cell.kind !== 'node' &&
        other.kind !== 'node' &&
        elementText(cell) === elementText(other)
      if (!isSame) tally.add(at + i, -1)
    }
  }
}
