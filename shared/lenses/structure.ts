import type { ByteSource } from '../model/source.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import { readLine } from '../numpy/ndarray.ts'
import { isNumeric, numbersOf } from '../numpy/statistics.ts'
import { asArray } from './arrays.ts'
import { cellOf, periodicOf, symbols } from './atoms.ts'
import { lookUp } from './names.ts'
import { fieldOf } from './parts.ts'
import type { Column, Table, TableCell } from './table.ts'
import type { View } from './view.ts'

type AtomsView = Extract<View, { kind: 'atoms' }>

/** The atoms of an `ase.Atoms`, read by ranges. */
export interface Structure {
  readonly count: number
  /** Atomic numbers of atoms `[from, to)`. */
  numbersOf(from: number, to: number): Float64Array
  /** x, y, z of each, in ångström. */
  positionsOf(from: number, to: number): Float64Array
  /** Three vectors; absent where there is no cell. */
  readonly cell: Cell | undefined
  readonly periodic: readonly boolean[] | undefined
}

export interface Cell {
  /** Rows are the vectors, in ångström. */
  readonly vectors: readonly number[]
  readonly lengths: readonly number[]
  /** α, β, γ in degrees: between b and c, a and c, a and b; NaN beside a vector of length 0. */
  readonly angles: readonly number[]
  readonly volume: number
}

/** `undefined` where the arrays are not what ASE has. */
export function structureOf({ parts, count }: AtomsView, source: ByteSource): Structure | undefined {
  const arrays = fieldOf(parts, 'arrays')
  const array = (name: string): NdArray | undefined => {
    const node = lookUp(arrays, name)
    const found = node && asArray(node, source)
    return found?.data && isNumeric(found.dtype) ? found : undefined
  }
  const numbers = array('numbers')
  const positions = array('positions')
  if (!numbers || positions?.shape[0] !== count || positions.shape[1] !== 3) return undefined
  if (positions.shape.length !== 2) return undefined
  const vectors = cellOf(parts, source)
  const isCell = vectors?.every(Number.isFinite) && vectors.some((number) => number !== 0)
  return {
    count,
    numbersOf: (from, to) => numbersOf(numbers.dtype, readLine(numbers, from, to - from, 1)),
    positionsOf: (from, to) => positionsIn(positions, from, to),
    cell: vectors && isCell ? cellFrom(vectors) : undefined,
    periodic: periodicOf(parts, source),
  }
}

function positionsIn(array: NdArray, from: number, to: number): Float64Array {
  const { dtype, order, shape } = array
  if (order === 'C') return numbersOf(dtype, readLine(array, 3 * from, 3 * (to - from), 1))
  const found = new Float64Array(3 * (to - from))
  for (let axis = 0; axis < 3; axis++) {
    const line = numbersOf(dtype, readLine(array, axis * shape[0]! + from, to - from, 1))
    for (const [i, number] of line.entries()) found[3 * i + axis] = number
  }
  return found
}

function cellFrom(vectors: readonly number[]): Cell {
  const [a, b, c] = [0, 3, 6].map((i) => vectors.slice(i, i + 3)) as [number[], number[], number[]]
  return {
    vectors,
    lengths: [a, b, c].map(lengthOf),
    angles: [angle(b, c), angle(a, c), angle(a, b)],
    volume: Math.abs(dot(a, cross(b, c))),
  }
}

function lengthOf(vector: readonly number[]): number {
  return Math.hypot(...vector)
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, number, i) => sum + number * b[i]!, 0)
}

function cross(a: readonly number[], b: readonly number[]): number[] {
  return [0, 1, 2].map((i) => a[(i + 1) % 3]! * b[(i + 2) % 3]! - a[(i + 2) % 3]! * b[(i + 1) % 3]!)
}

function angle(a: readonly number[], b: readonly number[]): number {
  const cosine = dot(a, b) / (lengthOf(a) * lengthOf(b))
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI
}

/** The symbol of an atomic number; `X`, ASE's dummy, for those that no element has. */
export function symbolOf(number: number): string {
  return symbols[number] ?? 'X'
}

/** Atoms as a table of element and place. */
export function structureTable(structure: Structure): Table {
  const { count } = structure
  const axis = (at: number): Column => {
    const read = (from: number, to: number): Float64Array =>
      structure.positionsOf(from, to).filter((_, i) => i % 3 === at)
    return {
      dtype: 'float64',
      length: count,
      cells: (from, to) => Array.from(read(from, Math.min(to, count)), floatCell),
      numbers: { unit: 'number', count, cost: (atoms) => 24 * atoms, read },
    }
  }
  const element: Column = {
    dtype: 'element',
    length: count,
    cells: (from, to) =>
      Array.from(structure.numbersOf(from, Math.min(to, count)), (number) => textCell(symbolOf(number))),
  }
  const names = ['element', 'x', 'y', 'z']
  const labels: Column = {
    dtype: 'object',
    length: names.length,
    cells: (from, to) => names.slice(from, to).map(textCell),
  }
  return { rows: count, labels, columns: [element, axis(0), axis(1), axis(2)] }
}

function textCell(value: string): TableCell {
  return { kind: 'node', node: { kind: 'str', value, start: 0, end: 0 } }
}

function floatCell(value: number): TableCell {
  return {
    kind: 'element',
    dtype: { kind: 'f', itemsize: 8, byteOrder: '<', hasObject: false },
    element: { kind: 'float', value, itemsize: 8 },
  }
}
