import type { ByteSource } from '../model/source.ts'
import type { DType } from '../numpy/dtype.ts'
import { dtypeName } from '../numpy/dtype.ts'
import type { Cell, NdArray } from '../numpy/ndarray.ts'
import { cellsOf, windowOf } from '../numpy/ndarray.ts'
import { itemsOf } from '../numpy/nodes.ts'
import { numberReader } from '../numpy/numbers.ts'
import { lineOf, numbersAlong } from '../numpy/sections.ts'
import type { NumberLine } from '../numpy/sections.ts'
import type { Value } from '../value/value.ts'
import { asArray } from './arrays.ts'
import { lookUp, nameOf } from './names.ts'
import { timedeltaCell, timestampCell } from './pandas-time.ts'
import { fieldOf, partsOf } from './parts.ts'
import type { Column, ColumnNumbers, TableCell } from './table.ts'
import type { Zone } from './zones.ts'
import { zoneOf, zoneText } from './zones.ts'

/** What stands behind a column: numpy arrays, pandas' extension arrays, each a `Column` by row of the block. */

/** Reads the columns of a block's values by their row in the block (0 for one-dimensional values). */
export function columnReader(values: Value, source: ByteSource): ((row: number) => Column) | undefined {
  const array = asArray(values, source)
  if (array) return (row) => numpyColumn(array, row)
  if (values.kind !== 'object') return undefined
  const backed = backedArray(values, source)
  if (backed) return backedReader(backed, source)
  const single = maskedColumn(values, source) ?? unreadColumn(values)
  return () => single
}

/** A column of a numpy array, in pandas' terms: times are Timestamps. */
function numpyColumn(array: NdArray, row: number, zone?: Zone): Column {
  const { dtype } = array
  const length = array.shape.at(-1) ?? 1
  const name = zone ? `datetime64[${dtype.datetime?.unit ?? 'ns'}, ${zoneText(zone)}]` : dtypeName(dtype)
  return {
    dtype: name,
    length,
    cells: (from, to) => rowCells(array, row, from, to).map((cell) => tableCell(cell, dtype, zone)),
    stored: { array, row },
    numbers: columnNumbers(array, row),
  }
}

/** A row of a plain array as numbers, where it holds some that have an order. */
function columnNumbers(array: NdArray, row: number): ColumnNumbers | undefined {
  const { kind } = array.dtype
  const line = kind === 'c' ? undefined : numberRow(array, row)
  return line && { ...line, unit: kind === 'M' ? 'time' : kind === 'm' ? 'seconds' : 'number' }
}

function numberRow(array: NdArray, row: number): NumberLine | undefined {
  const read = array.data && numberReader(array.dtype)
  const line = read && lineOf(array, array.shape.length - 1, [row].slice(2 - array.shape.length))
  return line && read && numbersAlong(line, read)
}

function rowCells(array: NdArray, row: number, from: number, to: number): Cell[] {
  if (array.shape.length !== 2) return cellsOf(array, from, to)
  return windowOf(array, [], [row, row + 1], [from, to])?.[0] ?? []
}

function tableCell(cell: Cell, dtype: DType, zone: Zone | undefined): TableCell {
  if (!cell) return { kind: 'unread' }
  if (cell.kind === 'node') return cell
  if (cell.kind === 'datetime') return timestampCell(cell, zone)
  if (cell.kind === 'timedelta') return timedeltaCell(cell)
  return { kind: 'element', dtype, element: cell }
}

/** An array of pandas that wraps a numpy one (`NDArrayBacked`): its class name, data and dtype. */
interface BackedArray {
  readonly className: string
  readonly data: NdArray
  readonly dtype: Value | undefined
}

/**
 * `__pyx_unpickle_NDArrayBacked(class, checksum, None)` with a state of data and
 * dtype in either order, and, before pandas 1.3, the class itself with a dict.
 */
export function backedArray(node: Value, source: ByteSource): BackedArray | undefined {
  if (node.kind !== 'object') return undefined
  const parts = partsOf(node)
  if (!parts.name?.module.startsWith('pandas')) return undefined
  const isRebuilt = parts.name.name === '__pyx_unpickle_NDArrayBacked'
  const className = isRebuilt ? parts.args[0] && nameOf(parts.args[0])?.name : parts.name.name
  if (className === undefined || !/^[A-Z]\w*$/.test(className)) return undefined
  const items = itemsOf(parts.state)
  if (items) {
    const at = items.slice(0, 2).findIndex((item) => asArray(item, source))
    if (at < 0) return undefined
    return { className, data: asArray(items[at]!, source)!, dtype: items[1 - at] }
  }
  const state = parts.state
  const dataNode = ['_ndarray', '_data', '_codes'].map((key) => lookUp(state, key)).find((found) => found)
  const data = dataNode && !lookUp(state, '_mask') ? asArray(dataNode, source) : undefined
  return data && { className, data, dtype: lookUp(state, '_dtype') }
}

function backedReader(backed: BackedArray, source: ByteSource): (row: number) => Column {
  const { className, data, dtype } = backed
  if (className === 'Categorical') {
    const categories = categoriesOf(dtype, source)
    return (row) => categoryColumn(data, row, categories?.cells)
  }
  if (className === 'DatetimeArray') {
    const zone = dtype?.kind === 'object' ? zoneOf(fieldOf(partsOf(dtype), 'tz')) : undefined
    return (row) => numpyColumn(data, row, zone)
  }
  if (className.endsWith('StringArray'))
    return (row) => ({ ...numpyColumn(data, row), dtype: stringDType(dtype) })
  if (className === 'PeriodArray')
    return (row) => ({ ...numpyColumn(data, row), dtype: 'period', stored: undefined, numbers: undefined })
  return (row) => numpyColumn(data, row)
}

/** `StringDtype('python', nan)` is pandas 3's `str`, every other the nullable `string`. */
function stringDType(node: Value | undefined): string {
  const missing = node?.kind === 'object' ? partsOf(node).args[1] : undefined
  return missing?.kind === 'float' ? 'str' : 'string'
}

/** Integers, floats and booleans with a mask: `Int64`, `Float32`, `boolean`. */
function maskedColumn(node: Value, source: ByteSource): Column | undefined {
  if (node.kind !== 'object') return undefined
  const { state } = partsOf(node)
  const dataNode = lookUp(state, '_data')
  const maskNode = lookUp(state, '_mask')
  const data = dataNode && asArray(dataNode, source)
  const mask = maskNode && asArray(maskNode, source)
  if (!data || !mask || mask.size !== data.size || data.shape.length !== 1) return undefined
  const plain = numpyColumn(data, 0)
  return {
    dtype: nullableName(plain.dtype),
    length: plain.length,
    cells: (from, to) => {
      const masks = cellsOf(mask, from, to)
      return plain.cells(from, to).map((cell, i) => {
        const isMissing = masks[i]?.kind === 'bool' && masks[i].value
        return isMissing ? { kind: 'pandas-constant', name: 'NA' } : cell
      })
    },
    numbers: plain.numbers && maskedNumbers(plain.numbers, numberRow(mask, 0)),
  }
}

function maskedNumbers(plain: ColumnNumbers, mask: NumberLine | undefined): ColumnNumbers | undefined {
  if (!mask) return undefined
  return {
    ...plain,
    cost: (count) => plain.cost(count) + mask.cost(count),
    read: (from, to) => {
      const numbers = Float64Array.from(plain.read(from, to))
      const masks = mask.read(from, to)
      for (let i = 0; i < numbers.length; i++) if (masks[i] !== 0) numbers[i] = Number.NaN
      return numbers
    },
  }
}

function nullableName(name: string): string {
  if (name === 'bool') return 'boolean'
  return name.startsWith('uint') ? 'UInt' + name.slice(4) : name.charAt(0).toUpperCase() + name.slice(1)
}

/** Categories are read whole up to this many; a column whose codes go beyond shows them unread. */
const maxCategories = 1000

export interface Categories {
  readonly cells: readonly TableCell[]
  readonly count: number
  readonly ordered: boolean
}

/** Categories of a `CategoricalDtype` node. */
export function categoriesOf(dtype: Value | undefined, source: ByteSource): Categories | undefined {
  if (dtype?.kind !== 'object') return undefined
  const parts = partsOf(dtype)
  const node = fieldOf(parts, 'categories') ?? parts.args[0]
  const orderedNode = fieldOf(parts, 'ordered') ?? parts.args[1]
  const values = node && indexValues(node)
  const column = values && columnReader(values, source)?.(0)
  if (!column) return undefined
  const ordered = orderedNode?.kind === 'bool' && orderedNode.value
  return { cells: column.cells(0, maxCategories), count: column.length, ordered }
}

/** What an index holds: `_new_Index(class, {'data': …})`. A MultiIndex or range holds nothing so simple. */
function indexValues(node: Value): Value | undefined {
  if (node.kind !== 'object') return undefined
  const { args } = partsOf(node)
  return lookUp(args[1], 'data')
}

/** A row of codes as what they stand for; a code beyond the categories that are here is shown unread. */
export function categoryColumn(
  data: NdArray,
  row: number,
  categories: readonly TableCell[] | undefined,
): Column {
  const line = numberRow(data, row)
  return {
    codes: line && categories && { line, categories },
    dtype: 'category',
    length: data.shape.at(-1) ?? 1,
    cells: (from, to) =>
      rowCells(data, row, from, to).map((code): TableCell => {
        if (code?.kind !== 'int') return { kind: 'unread' }
        return code.value === -1 ? { kind: 'nan' } : (categories?.[Number(code.value)] ?? { kind: 'unread' })
      }),
  }
}

/** An extension array that is not read (pyarrow, sparse, interval): its dtype by its class, its length unknown. */
function unreadColumn(node: Value): Column {
  const name = node.kind === 'object' ? partsOf(node).name?.name : undefined
  const dtype = name?.startsWith('ArrowString')
    ? 'string'
    : (name?.replace(/Array$/, '').toLowerCase() ?? 'unknown')
  return { dtype, length: Infinity, cells: unreadCells }
}

function unreadCells(from: number, to: number): TableCell[] {
  return Array.from({ length: Math.max(0, to - from) }, () => ({ kind: 'unread' }))
}
