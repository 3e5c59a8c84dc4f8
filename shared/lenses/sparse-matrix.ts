import type { ByteSource } from '../model/source.ts'
import { dtypeName } from '../numpy/dtype.ts'
import type { Cell, NdArray } from '../numpy/ndarray.ts'
import { cellsOf } from '../numpy/ndarray.ts'
import { itemsOf } from '../numpy/nodes.ts'
import { numberReader } from '../numpy/numbers.ts'
import type { NumberLine } from '../numpy/sections.ts'
import { lineOf, numbersAlong } from '../numpy/sections.ts'
import type { Value } from '../value/value.ts'
import { asArray, scalarOf } from './arrays.ts'
import type { ObjectParts } from './parts.ts'
import { fieldOf } from './parts.ts'
import type { TableCell } from './table.ts'
import type { View } from './view.ts'

/** Stored elements of a sparse matrix, in the order in which they are stored; read by ranges. */
export interface SparseMatrix {
  readonly rows: number
  readonly columns: number
  /** Elements stored, zeros among them; of a coo matrix some may stand at the same place. */
  readonly stored: number
  readonly dtype: string
  /** Rows of elements `[from, to)`, which must be within `stored`. */
  rowsOf(from: number, to: number): Float64Array
  columnsOf(from: number, to: number): Float64Array
  /** As numbers, NaN where one is none; of complex ones the magnitude. */
  numbersOf(from: number, to: number): Float64Array
  cellsOf(from: number, to: number): TableCell[]
  /** Bytes that reading one element costs, about. */
  readonly elementBytes: number
  /** Elements that may lie in these rows and columns: all others do not. */
  within(rows: Span, columns: Span): Span
}

export type Span = readonly [from: number, to: number]

type SparseView = Extract<View, { kind: 'sparse' }>

/** What is stored in a matrix; `undefined` where its arrays are not what its format has. */
export function sparseMatrix(view: SparseView, source: ByteSource): SparseMatrix | undefined {
  const { format, shape, parts } = view
  const [rows = 0, columns = 0] = shape.length === 1 ? [1, shape[0]!] : shape
  if (shape.length > 2) return undefined
  const size: Size = { rows, columns }
  const array = (name: string): NdArray | undefined => {
    const node = fieldOf(parts, name)
    return node && asArray(node, source)
  }
  if (format === 'dok') return fromNodes(size, dokNodes(parts, source), view, source)
  if (format === 'lil') return fromNodes(size, lilNodes(array('rows'), array('data'), source), view, source)
  const data = array('data')
  const values = data && valuesOf(data)
  if (!values) return undefined
  if (format === 'coo') return coordinates(size, values, coordinateLines(parts, source))
  if (format === 'dia') return diagonals(size, values, array('offsets'))
  return compressed(size, values, {
    format,
    pointers: numbers(array('indptr')),
    indices: numbers(array('indices')),
  })
}

interface Size {
  readonly rows: number
  readonly columns: number
}

/** The elements' values in C order. */
interface Values {
  readonly array: NdArray
  readonly count: number
  readonly dtype: string
  readonly itemBytes: number
  readonly numbers: (from: number, to: number) => Float64Array
  readonly cells: (from: number, to: number) => TableCell[]
}

function valuesOf(array: NdArray): Values | undefined {
  if (!array.data || (array.order === 'F' && array.shape.length > 1)) return undefined
  const { dtype, size } = array
  const read = numberReader(dtype)
  const flat: NdArray = { ...array, shape: [size] }
  const line = lineOf(flat, 0, [])
  if (!read || !line) return undefined
  const along = numbersAlong(line, read)
  return {
    array,
    count: size,
    dtype: dtypeName(dtype),
    itemBytes: dtype.itemsize,
    numbers: (from, to) => along.read(from, to),
    cells: (from, to) => cellsOf(flat, from, to).map((cell) => tableCell(cell, array)),
  }
}

function tableCell(cell: Cell, { dtype }: NdArray): TableCell {
  if (!cell) return { kind: 'unread' }
  return cell.kind === 'node' ? cell : { kind: 'element', dtype, element: cell }
}

function numbers(array: NdArray | undefined): NumberLine | undefined {
  const read = array?.data && array.shape.length === 1 ? numberReader(array.dtype) : undefined
  const line = array && read && lineOf(array, 0, [])
  return line && read && numbersAlong(line, read)
}

/** scipy 1.13 keeps `coords`, a tuple of arrays, for `row` and `col`; a vector has columns alone. */
function coordinateLines(parts: ObjectParts, source: ByteSource): (NumberLine | undefined)[] {
  const coords = itemsOf(fieldOf(parts, 'coords')) ?? [fieldOf(parts, 'row'), fieldOf(parts, 'col')]
  return coords.map((node) => numbers(node && asArray(node, source)))
}

function coordinates(
  size: Size,
  values: Values,
  lines: readonly (NumberLine | undefined)[],
): SparseMatrix | undefined {
  const column = lines.at(-1)
  const row = lines.length > 1 ? lines[0] : undefined
  if (column?.count !== values.count || (lines.length > 1 && row?.count !== values.count)) return undefined
  return {
    ...size,
    ...plainValues(values),
    elementBytes: values.itemBytes + bytesPer(column) + bytesPer(row),
    rowsOf: (from, to) => row?.read(from, to) ?? new Float64Array(to - from),
    columnsOf: (from, to) => column.read(from, to),
    within: () => [0, values.count],
  }
}

function plainValues({ count, dtype, numbers: numbersOf, cells }: Values) {
  return { stored: count, dtype, numbersOf, cellsOf: cells }
}

function bytesPer(line: NumberLine | undefined): number {
  return line ? line.cost(1) - line.cost(0) : 0
}

interface Compressed {
  readonly format: string
  readonly pointers: NumberLine | undefined
  readonly indices: NumberLine | undefined
}

/**
 * csr, csc and bsr: `indptr` says where the elements (bsr: blocks) of each row (csc: column) begin, `indices` in which
 * column (row) each is.
 */
function compressed(
  size: Size,
  values: Values,
  { format, pointers, indices }: Compressed,
): SparseMatrix | undefined {
  const isByColumn = format === 'csc'
  const [high, wide] = format === 'bsr' ? values.array.shape.slice(1) : [1, 1]
  if (!pointers || !indices || !high || !wide) return undefined
  const block = high * wide
  const length = isByColumn ? size.columns : size.rows
  // scipy may keep more room than there are elements.
  if (pointers.count !== length / high + 1 || values.count < indices.count * block) return undefined
  const blocks = Math.min(indices.count, startOf(pointers, pointers.count - 1))
  const lines = (from: number, to: number): Float64Array => linesOf(pointers, from, to)
  const spread = (
    from: number,
    to: number,
    of: typeof lines,
    scale: number,
    inside: (at: number) => number,
  ) => {
    const first = Math.floor(from / block)
    const places = of(first, Math.ceil(to / block))
    if (block === 1) return places
    return Float64Array.from({ length: to - from }, (_, i) => {
      const at = from + i
      return places[Math.floor(at / block) - first]! * scale + inside(at % block)
    })
  }
  const along = (from: number, to: number) => spread(from, to, lines, high, (at) => Math.floor(at / wide))
  const across = (from: number, to: number) =>
    spread(
      from,
      to,
      (a, b) => indices.read(a, b),
      wide,
      (at) => at % wide,
    )
  return {
    ...size,
    ...plainValues(values),
    stored: blocks * block,
    elementBytes: values.itemBytes + bytesPer(indices) / block,
    rowsOf: isByColumn ? across : along,
    columnsOf: isByColumn ? along : across,
    within: (rows, columns) => {
      const [from, to] = isByColumn ? columns : rows
      const at = (line: number) =>
        Math.min(blocks, startOf(pointers, Math.min(length / high, Math.max(0, line))))
      const start = at(Math.floor(from / high))
      return [start * block, Math.max(start, at(Math.ceil(to / high))) * block]
    },
  }
}

function startOf(pointers: NumberLine, line: number): number {
  return pointers.read(line, line + 1)[0]!
}

/** Pointers read at once. */
const pointerChunk = 1 << 16

/** For elements `[from, to)`, the line (row or column) whose pointers span each. */
function linesOf(pointers: NumberLine, from: number, to: number): Float64Array {
  const found = new Float64Array(to - from)
  const count = pointers.count - 1
  let line = lineAt(pointers, from)
  let at = from
  for (let first = line; first < count && at < to; first += pointerChunk) {
    const ends = pointers.read(first + 1, Math.min(count, first + pointerChunk) + 1)
    for (let i = 0; i < ends.length && at < to; i++, line++) {
      const end = Math.min(to, ends[i]!)
      while (at < end) found[at++ - from] = line
    }
  }
  return found
}

/** The line that an element is in: the first one that ends behind it. */
function lineAt(pointers: NumberLine, element: number): number {
  let [low, high] = [0, pointers.count - 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (startOf(pointers, middle + 1) > element) high = middle
    else low = middle + 1
  }
  return low
}

interface Diagonal {
  readonly offset: number
  /** Column of its first element that is in the matrix, and the number of elements before it in all. */
  readonly column: number
  readonly before: number
  readonly length: number
  readonly index: number
}

/** dia: row `i` of `data` is the diagonal of `offsets[i]`, each element at its column; those outside mean nothing. */
function diagonals(
  { rows, columns }: Size,
  values: Values,
  offsetArray: NdArray | undefined,
): SparseMatrix | undefined {
  const offsets = numbers(offsetArray)
  const [count, width] = values.array.shape
  if (!offsets || width === undefined || offsets.count !== count) return undefined
  const list: Diagonal[] = []
  let stored = 0
  for (const [index, offset] of offsets.read(0, offsets.count).entries()) {
    const column = Math.max(0, offset)
    const length = Math.max(0, Math.min(rows + offset, columns, width) - column)
    list.push({ offset, column, before: stored, length, index })
    stored += length
  }
  const pieces = (from: number, to: number): { diagonal: Diagonal; start: number; end: number }[] =>
    list.flatMap((diagonal) => {
      const start = Math.max(from, diagonal.before)
      const end = Math.min(to, diagonal.before + diagonal.length)
      return end > start ? [{ diagonal, start, end }] : []
    })
  const columnsOf = (from: number, to: number): Float64Array => {
    const found = new Float64Array(to - from)
    for (const { diagonal, start, end } of pieces(from, to))
      for (let at = start; at < end; at++) found[at - from] = diagonal.column + at - diagonal.before
    return found
  }
  const dataAt = ({ index, column, before }: Diagonal, at: number): number =>
    index * width + column + at - before
  return {
    rows,
    columns,
    stored,
    dtype: values.dtype,
    elementBytes: values.itemBytes,
    columnsOf,
    rowsOf: (from, to) => {
      const found = columnsOf(from, to)
      for (const { diagonal, start, end } of pieces(from, to))
        for (let at = start; at < end; at++) found[at - from]! -= diagonal.offset
      return found
    },
    numbersOf: (from, to) => {
      const found = new Float64Array(to - from)
      for (const { diagonal, start, end } of pieces(from, to))
        found.set(values.numbers(dataAt(diagonal, start), dataAt(diagonal, end)), start - from)
      return found
    },
    cellsOf: (from, to) =>
      pieces(from, to).flatMap(({ diagonal, start, end }) =>
        values.cells(dataAt(diagonal, start), dataAt(diagonal, end)),
      ),
    within: () => [0, stored],
  }
}

interface NodeElement {
  readonly row: number
  readonly column: number
  readonly value: Value
}

/** dok and lil keep Python objects, which are in memory anyway. */
function fromNodes(
  size: Size,
  elements: NodeElement[] | undefined,
  { dtype }: SparseView,
  source: ByteSource,
): SparseMatrix | undefined {
  if (!elements) return undefined
  const pick = (from: number, to: number, of: (element: NodeElement) => number) =>
    Float64Array.from(elements.slice(from, to), of)
  return {
    ...size,
    stored: elements.length,
    dtype: dtype ? dtypeName(dtype) : 'object',
    elementBytes: 0,
    rowsOf: (from, to) => pick(from, to, ({ row }) => row),
    columnsOf: (from, to) => pick(from, to, ({ column }) => column),
    numbersOf: (from, to) => pick(from, to, ({ value }) => nodeNumber(value, source)),
    cellsOf: (from, to) => elements.slice(from, to).map(({ value }) => ({ kind: 'node', node: value })),
    within: () => [0, elements.length],
  }
}

/** A number of Python or of numpy. */
function nodeNumber(node: Value, source: ByteSource): number {
  if (node.kind === 'int' || node.kind === 'float' || node.kind === 'bool') return Number(node.value)
  const element = scalarOf(node, source)?.element
  return element?.kind === 'int' || element?.kind === 'float' || element?.kind === 'bool'
    ? Number(element.value)
    : Number.NaN
}

function placeOf(node: Value | undefined, source: ByteSource): number | undefined {
  const number = node ? nodeNumber(node, source) : Number.NaN
  return Number.isSafeInteger(number) ? number : undefined
}

/** A dict from `(row, column)`, the object itself or its `_dict`. */
function dokNodes(parts: ObjectParts, source: ByteSource): NodeElement[] | undefined {
  const dict = fieldOf(parts, '_dict') ?? parts.args[0]
  const [keys, values] = dict?.kind === 'dict' ? [dict.keys, dict.values] : [parts.dictKeys, parts.dictValues]
  if (!keys || !values) return undefined
  const elements: NodeElement[] = []
  for (const [i, key] of keys.entries()) {
    const place = (itemsOf(key) ?? [key]).map((node) => placeOf(node, source))
    const [column, value] = [place.at(-1), values[i]]
    const row = place.length > 1 ? place[0] : 0
    if (row === undefined || column === undefined || !value) return undefined
    elements.push({ row, column, value })
  }
  return elements
}

/** Lists of columns, and of values, one for each row. */
function lilNodes(
  rows: NdArray | undefined,
  data: NdArray | undefined,
  source: ByteSource,
): NodeElement[] | undefined {
  if (!rows?.items || !data?.items) return undefined
  const elements: NodeElement[] = []
  for (const [row, list] of rows.items.entries()) {
    const values = itemsOf(data.items[row])
    for (const [i, node] of (itemsOf(list) ?? []).entries()) {
      const [column, value] = [placeOf(node, source), values?.[i]]
      if (column === undefined || !value) return undefined
      elements.push({ row, column, value })
    }
  }
  return elements
}
