import { viewOf } from '../lenses/view-of.ts'
import type { Table } from '../lenses/table.ts'
import type { ByteSource } from '../model/source.ts'
import { dtypeName } from '../numpy/dtype.ts'
import type { Value } from '../value/value.ts'
import { cleanText } from './scalars.ts'

/** `shape` as `240x96`; of an array of no dimension it is empty, of tables it is rows and columns. */
export interface ShapeOfValue {
  readonly shape?: string
  readonly dtype?: string
}

/** A hostile dtype may have any number of fields. */
const dtypeCharacters = 200
/** Columns whose types are looked at; wider tables have no dtype of their own. */
const columnsAtMost = 100

/** Shape and element type of arrays, sparse matrices, tables and their columns. Reads no elements. */
export function shapeOf(value: Value, source: ByteSource): ShapeOfValue {
  if (value.kind !== 'ndarray' && value.kind !== 'object') return {}
  const view = viewOf(value, source)
  switch (view.kind) {
    case 'ndarray':
      return shaped(view.array.shape, dtypeName(view.array.dtype))
    case 'masked':
      return shaped(view.data.shape, dtypeName(view.data.dtype))
    case 'sparse':
      return shaped(view.shape, view.dtype && dtypeName(view.dtype))
    case 'series':
      return shaped([view.table.rows], view.table.columns[0]?.dtype)
    case 'dataframe':
      return shaped([view.table.rows, view.table.columns.length], commonType(view.table))
    case 'index':
      return shaped([view.index.length], view.index.dtype)
    case 'categorical':
      return shaped([view.codes.size], 'category')
    default:
      return {}
  }
}

function shaped(shape: readonly number[], dtype: string | undefined): ShapeOfValue {
  return {
    shape: shape.join('x'),
    ...(dtype !== undefined && { dtype: cleanText(dtype, dtypeCharacters) }),
  }
}

function commonType({ columns }: Table): string | undefined {
  if (columns.length > columnsAtMost) return undefined
  const types = new Set(columns.map(({ dtype }) => dtype))
  return types.size === 1 ? [...types][0] : undefined
}
