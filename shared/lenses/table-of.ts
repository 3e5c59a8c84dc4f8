import type { ByteSource } from '../model/source.ts'
import type { DTypeField } from '../numpy/dtype.ts'
import { dtypeName, dtypeText } from '../numpy/dtype.ts'
import { decodeElement, viewOfBytes } from '../numpy/element.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import { readLine } from '../numpy/ndarray.ts'
import { numberReader } from '../numpy/numbers.ts'
import { lineOf, numbersAlong } from '../numpy/sections.ts'
import type { Value } from '../value/value.ts'
import { asArray } from './arrays.ts'
import { categoryColumn } from './pandas-columns.ts'
import { sparseMatrix } from './sparse-matrix.ts'
import { sparseTable } from './sparse-table.ts'
import { structureOf, structureTable } from './structure.ts'
import type { Column, ColumnNumbers, Index, Table, TableCell } from './table.ts'
import { viewOf } from './view-of.ts'

/**
 * The table that a node is: a DataFrame, a Series, an Index, a Categorical, a one-dimensional structured array, the
 * elements of a sparse matrix, or the atoms of a structure; else `undefined`.
 */
export function tableOf(node: Value, source: ByteSource): Table | undefined {
  const view = viewOf(node, source)
  if (view.kind === 'dataframe' || view.kind === 'series') return view.table
  if (view.kind === 'index') return indexTable(view.index)
  if (view.kind === 'categorical') {
    const column = categoryColumn(view.codes, 0, view.categories)
    return { rows: column.length, labels: nodeColumn([undefined]), columns: [column] }
  }
  if (view.kind === 'sparse') {
    const matrix = sparseMatrix(view, source)
    return matrix && sparseTable(matrix)
  }
  if (view.kind === 'atoms') {
    const structure = structureOf(view, source)
    return structure && structureTable(structure)
  }
  const array = asArray(node, source)
  return array?.dtype.fields && array.shape.length === 1
    ? structuredTable(array, array.dtype.fields)
    : undefined
}

function indexTable(index: Index): Table {
  const columns = index.levels ?? [index]
  const labels = nodeColumn(columns.map((_, level) => index.names[level]))
  return { rows: index.length, labels, columns }
}

function nodeColumn(nodes: readonly (Value | undefined)[]): Column {
  return {
    dtype: 'object',
    length: nodes.length,
    cells: (from, to) =>
      nodes
        .slice(from, to)
        .map((node) => ({ kind: 'node', node: node ?? { kind: 'none', start: 0, end: 0 } })),
  }
}

function structuredTable(array: NdArray, fields: readonly DTypeField[]): Table {
  const labels = nodeColumn(fields.map(({ name }) => ({ kind: 'str', value: name, start: 0, end: 0 })))
  const columns = fields.map((field): Column => {
    const { dtype } = field
    return {
      dtype: dtype.subarray ? dtypeText(dtype) : dtypeName(dtype),
      length: array.size,
      cells: (from, to) => fieldCells(array, field, from, to),
      numbers: fieldNumbers(array, field),
    }
  })
  return { rows: array.size, labels, columns }
}

/** One field of records that lie together: of the others no element is made. */
function fieldCells(array: NdArray, { dtype, offset }: DTypeField, from: number, to: number): TableCell[] {
  const end = Math.min(to, array.size)
  if (!array.data) return Array.from({ length: Math.max(0, end - from) }, () => ({ kind: 'unread' }))
  if (end <= from) return []
  const { itemsize } = array.dtype
  const view = viewOfBytes(readLine(array, from, end - from, 1))
  return Array.from({ length: end - from }, (_, i) => ({
    kind: 'element',
    dtype,
    element: decodeElement(dtype, view, i * itemsize + offset),
  }))
}

function fieldNumbers(array: NdArray, { dtype, offset }: DTypeField): ColumnNumbers | undefined {
  const read = array.data && dtype.kind !== 'c' ? numberReader(dtype) : undefined
  const line = read && lineOf(array, 0, [])
  if (!read || !line) return undefined
  const { itemsize } = array.dtype
  const records = numbersAlong(line, (bytes) => {
    const packed = new Uint8Array((bytes.length / itemsize) * dtype.itemsize)
    for (let from = offset, to = 0; to < packed.length; from += itemsize, to += dtype.itemsize)
      for (let i = 0; i < dtype.itemsize; i++) packed[to + i] = bytes[from + i]!
    return read(packed)
  })
  return { ...records, unit: dtype.kind === 'M' ? 'time' : dtype.kind === 'm' ? 'seconds' : 'number' }
}
