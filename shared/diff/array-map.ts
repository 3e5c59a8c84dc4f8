import type { DType } from '../numpy/dtype.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import { isNumeric, numbersOf } from '../numpy/statistics.ts'
import { ElementReader } from './element-reader.ts'
import type { DifferenceMap } from './types.ts'

const blockElements = 1 << 16

export interface MapOptions {
  /** Most rows and columns of the grid. */
  readonly rows: number
  readonly columns: number
  readonly maxElements: number
}

/** Where two arrays of numbers differ and by how much; `undefined` for other arrays, other shapes and arrays that are not here. */
export function differenceMap(left: NdArray, right: NdArray, options: MapOptions): DifferenceMap | undefined {
  const readLeft = numberReader(left)
  const readRight = numberReader(right)
  if (!readLeft || !readRight || left.shape.join() !== right.shape.join() || left.size === 0) return undefined
  const width = left.shape.at(-1) ?? 1
  const height = left.size / width
  const map = new Map2d([height, width], options)
  const elements = Math.min(left.size, options.maxElements)
  for (let at = 0; at < elements; at += blockElements) {
    const count = Math.min(blockElements, elements - at)
    map.add(at, readLeft(count), readRight(count))
  }
  return map.result(left.shape, elements, elements === left.size)
}

/** Of each element its parts: one of a real number, two of a complex one. */
interface Parts {
  readonly numbers: Float64Array
  readonly each: 1 | 2
}

function numberReader(array: NdArray): ((count: number) => Parts) | undefined {
  const { dtype } = array
  const isComplex = dtype.kind === 'c'
  if (!array.data || dtype.itemsize === 0 || (!isNumeric(dtype) && !isComplex)) return undefined
  const reader = new ElementReader(array, 'C')
  const part: DType = isComplex ? { ...dtype, kind: 'f', itemsize: dtype.itemsize / 2 } : dtype
  return (count) => ({ numbers: numbersOf(part, reader.take(count)), each: isComplex ? 2 : 1 })
}

class Map2d {
  readonly #shape: readonly [number, number]
  readonly #grid: readonly [number, number]
  readonly #cells: Float64Array
  #differing = 0
  #max = 0
  #maxAt: number | undefined
  #sum = 0
  #finite = 0

  constructor(shape: readonly [number, number], { rows, columns }: MapOptions) {
    this.#shape = shape
    this.#grid = [Math.min(shape[0], rows), Math.min(shape[1], columns)]
    this.#cells = new Float64Array(this.#grid[0] * this.#grid[1])
  }

  /** Elements from position `at` on, in C order. */
  add(at: number, left: Parts, right: Parts): void {
    const count = left.numbers.length / left.each
    for (let i = 0; i < count; i++) {
      const distance = distanceAt(i, left, right)
      if (Number.isFinite(distance)) {
        this.#finite++
        this.#sum += distance
      }
      if (distance !== 0) this.#differ(at + i, distance)
    }
  }

  #differ(position: number, distance: number): void {
    this.#differing++
    const [height, width] = this.#shape
    const row = Math.floor(((Math.floor(position / width) + 0.5) * this.#grid[0]) / height)
    const column = Math.floor((((position % width) + 0.5) * this.#grid[1]) / width)
    const cell = row * this.#grid[1] + column
    if (!Number.isFinite(distance)) {
      if (this.#cells[cell] === 0) this.#cells[cell] = Number.NaN
      return
    }
    if (!(this.#cells[cell]! >= distance)) this.#cells[cell] = distance
    if (distance > this.#max) {
      this.#max = distance
      this.#maxAt = position
    }
  }

  result(shape: readonly number[], elements: number, isComplete: boolean): DifferenceMap {
    return {
      shape: this.#shape,
      grid: this.#grid,
      cells: [...this.#cells],
      differing: this.#differing,
      elements,
      max: this.#max,
      ...(this.#maxAt !== undefined && { maxAt: indexOf(this.#maxAt, shape) }),
      mean: this.#finite === 0 ? 0 : this.#sum / this.#finite,
      isComplete,
    }
  }
}

/** 0 for equal ones, nan with nan among them; NaN where one of them is not finite and they differ. */
function distanceAt(i: number, left: Parts, right: Parts): number {
  const re = gap(left.numbers[i * left.each]!, right.numbers[i * right.each]!)
  if (left.each === 1 && right.each === 1) return re
  const im = gap(
    left.each === 2 ? left.numbers[2 * i + 1]! : 0,
    right.each === 2 ? right.numbers[2 * i + 1]! : 0,
  )
  return Math.hypot(re, im)
}

function gap(x: number, y: number): number {
  if (x === y || (Number.isNaN(x) && Number.isNaN(y))) return 0
  const distance = Math.abs(x - y)
  return Number.isFinite(x) && Number.isFinite(y) ? distance : Number.NaN
}

function indexOf(position: number, shape: readonly number[]): number[] {
  let rest = position
  return shape
    .toReversed()
    .map((length) => {
      const at = rest % length
      rest = Math.floor(rest / length)
      return at
    })
    .toReversed()
}
