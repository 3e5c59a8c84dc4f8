import type { DType } from '../numpy/dtype.ts'
import type { SparseMatrix } from './sparse-matrix.ts'
import type { Column, Table, TableCell } from './table.ts'

/** The stored elements of a sparse matrix as a table of rows, columns and values, in stored order. */
export function sparseTable(matrix: SparseMatrix): Table {
  const { stored, dtype, elementBytes } = matrix
  const place = (read: (from: number, to: number) => Float64Array): Column => ({
    dtype: 'int64',
    length: stored,
    cells: (from, to) => Array.from(read(from, Math.min(to, stored)), integerCell),
    numbers: { unit: 'number', count: stored, cost: (count) => count * elementBytes, read },
  })
  const values: Column = {
    dtype,
    length: stored,
    cells: (from, to) => matrix.cellsOf(from, Math.min(to, stored)),
    numbers: {
      unit: 'number',
      count: stored,
      cost: (count) => count * elementBytes,
      read: (from, to) => matrix.numbersOf(from, to),
    },
  }
  const names = ['row', 'column', 'value']
  const labels: Column = {
    dtype: 'object',
    length: names.length,
    cells: (from, to) =>
      names
        .slice(from, to)
        .map((value) => ({ kind: 'node', node: { kind: 'str', value, start: 0, end: 0 } })),
  }
  const rows = place((from, to) => matrix.rowsOf(from, to))
  const columns = place((from, to) => matrix.columnsOf(from, to))
  return { rows: stored, labels, columns: [rows, columns, values] }
}

const integers: DType = { kind: 'i', itemsize: 8, byteOrder: '<', hasObject: false }

function integerCell(value: number): TableCell {
  return { kind: 'element', dtype: integers, element: { kind: 'int', value } }
}
