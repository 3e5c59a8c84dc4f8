import type { Index, Table, TableCell } from '../lenses/table.ts'
import type { CategoricalView } from '../lenses/view.ts'
import type { Value } from '../value/value.ts'
import { arraySteps, elementJson, scalarJson } from './json-array.ts'
import type { Rendering, Steps } from './json-steps.ts'
import { cutText } from './json-steps.ts'
import { jsonFloat, jsonString } from './json-text.ts'

/** DataFrames, Series and indexes: shape, labels, dtypes and the first five rows. */

const headRows = 5

export function* frameSteps(rendering: Rendering, table: Table): Steps {
  const { rows, columns, labels, index } = table
  yield `{"$dataframe":{"shape":[${rows},${columns.length}],"columns":`
  yield* cellList(rendering, labels.cells(0, labels.length), false)
  yield `,"dtypes":[${columns.map((column) => jsonString(column.dtype)).join(',')}],"index":`
  if (index) yield* indexHead(rendering, index)
  else yield 'null'
  yield ',"head":['
  const heads = columns.map((column) => column.cells(0, Math.min(headRows, rows)))
  for (let row = 0; row < Math.min(headRows, rows); row++) {
    if (row > 0) yield ','
    yield* cellList(
      rendering,
      heads.map((head): TableCell => head[row] ?? { kind: 'unread' }),
      true,
    )
  }
  yield ']}}'
}

export function* seriesSteps(rendering: Rendering, table: Table, name: Value | undefined): Steps {
  const [column] = table.columns
  yield `{"$series":{"length":${table.rows},"name":`
  yield* nodeOrNull(name)
  yield `,"dtype":${jsonString(column?.dtype ?? 'object')},"index":`
  if (table.index) yield* indexHead(rendering, table.index)
  else yield 'null'
  yield ',"head":'
  yield* cellList(rendering, column?.cells(0, Math.min(headRows, table.rows)) ?? [], true)
  yield '}}'
}

function* indexHead(rendering: Rendering, index: Index): Steps {
  yield `{"class":${jsonString(index.className)},"names":`
  yield* nameList(index)
  yield ',"first":'
  yield* cellList(rendering, index.cells(0, headRows), false)
  yield '}'
}

export function* indexSteps(rendering: Rendering, index: Index): Steps {
  yield `{"$index":{"class":${jsonString(index.className)},"length":${index.length},"names":`
  yield* nameList(index)
  yield `,"dtype":${jsonString(index.dtype)},"first":`
  yield* cellList(rendering, index.cells(0, headRows), false)
  yield '}}'
}

function* nameList(index: Index): Steps {
  yield '['
  for (const [i, name] of index.names.entries()) {
    if (i > 0) yield ','
    yield* nodeOrNull(name)
  }
  yield ']'
}

function* nodeOrNull(node: Value | undefined): Steps {
  yield node ? { node } : 'null'
}

export function* categoricalSteps(rendering: Rendering, view: CategoricalView): Steps {
  yield `{"$categorical":{"length":${view.codes.size},"categories":`
  yield* cellList(rendering, view.categories, false)
  yield `,"ordered":${view.ordered},"codes":`
  yield* arraySteps(rendering, { kind: 'ndarray', array: view.codes })
  yield '}}'
}

/** `typed` cells keep their numpy dtype, as indexing a table does; those of an index are plain, as `tolist()` gives. */
function* cellList(rendering: Rendering, cells: readonly TableCell[], typed: boolean): Steps {
  yield '['
  for (const [i, cell] of cells.entries()) {
    if (i > 0) yield ','
    if (rendering.spent) {
      yield cutText(rendering.spent)
      break
    }
    yield* cellSteps(rendering, cell, typed)
  }
  yield ']'
}

function* cellSteps(rendering: Rendering, cell: TableCell, typed: boolean): Steps {
  switch (cell.kind) {
    case 'node':
      yield { node: cell.node }
      break
    case 'element':
      yield typed ? scalarJson(rendering, cell.dtype, cell.element) : elementJson(rendering, cell.element)
      break
    case 'tuple':
      // Tuples of a MultiIndex hold plain cells: one level deep.
      yield '{"$tuple":'
      yield* cellList(rendering, cell.cells, typed)
      yield '}'
      break
    case 'nan':
      yield jsonFloat(Number.NaN)
      break
    case 'unread':
      yield cutText('This cell is stored in a form that is not read here.')
      break
    default:
      yield timeJson(cell)
  }
}

/** `$timestamp`, `$pandas_timedelta`, `$pandas`. */
export function timeJson(
  cell: Extract<TableCell, { kind: 'timestamp' | 'pandas-timedelta' | 'pandas-constant' }>,
): string {
  if (cell.kind === 'pandas-constant') return `{"$pandas":"${cell.name}"}`
  if (cell.kind === 'pandas-timedelta') return `{"$pandas_timedelta":{"iso":"${cell.iso}"}}`
  const zone = cell.zone === undefined ? '' : `,"tz":${jsonString(cell.zone)}`
  return `{"$timestamp":{"iso":"${cell.iso}"${zone}}}`
}
