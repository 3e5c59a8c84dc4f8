import type { ByteSource } from '../model/source.ts'
import type { DTypeField } from '../numpy/dtype.ts'
import { dtypeName, dtypeText } from '../numpy/dtype.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import { cellsOf } from '../numpy/ndarray.ts'
import type { Value } from '../value/value.ts'
import { asArray } from './arrays.ts'
import type { Column, Table, TableCell } from './table.ts'
import { viewOf } from './view-of.ts'

/** The table that a node is: a DataFrame, a Series, or a one-dimensional structured array; else `undefined`. */
export function tableOf(node: Value, source: ByteSource): Table | undefined {
  const view = viewOf(node, source)
  if (view.kind === 'dataframe' || view.kind === 'series') return view.table
  const array = asArray(node, source)
  return array?.dtype.fields && array.shape.length === 1
    ? structuredTable(array, array.dtype.fields)
    : undefined
}

function structuredTable(array: NdArray, fields: readonly DTypeField[]): Table {
  const labels: Column = {
    dtype: 'object',
    length: fields.length,
    cells: (from, to) =>
      fields
        .slice(from, to)
        .map(({ name }) => ({ kind: 'node', node: { kind: 'str', value: name, start: 0, end: 0 } })),
  }
  const columns = fields.map((field, at): Column => {
    const { dtype } = field
    return {
      dtype: dtype.subarray ? dtypeText(dtype) : dtypeName(dtype),
      length: array.size,
      cells: (from, to) =>
        cellsOf(array, from, to).map((cell): TableCell => {
          const element = cell?.kind === 'record' ? cell.fields[at]?.value : undefined
          return element ? { kind: 'element', dtype, element } : { kind: 'unread' }
        }),
    }
  })
  return { rows: array.size, labels, columns }
}
