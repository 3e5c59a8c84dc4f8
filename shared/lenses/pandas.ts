import type { ByteSource } from '../model/source.ts'
import { cellsOf } from '../numpy/ndarray.ts'
import { integerOf, itemsOf } from '../numpy/nodes.ts'
import type { Value } from '../value/value.ts'
import { asArray } from './arrays.ts'
import { lookUp, nameOf } from './names.ts'
import { backedArray, categoriesOf, columnReader } from './pandas-columns.ts'
import { indexOf } from './pandas-index.ts'
import type { ObjectParts } from './parts.ts'
import { fieldOf, partsOf } from './parts.ts'
import type { Column, Index, Table } from './table.ts'
import type { View } from './view.ts'

/**
 * DataFrame and Series as pandas 1 to 3 pickle them: a manager of blocks, each an
 * array of one type for some of the columns, and the axes.
 */

export function frameView(parts: ObjectParts, source: ByteSource): View | undefined {
  const manager = managerOf(parts, source)
  const [labels, index] = manager?.axes ?? []
  if (!manager || !labels || !index) return undefined
  const columns = placedColumns(manager.blocks, labels.length, index.length, source)
  return columns && { kind: 'dataframe', table: { rows: index.length, labels, columns, index } }
}

export function seriesView(parts: ObjectParts, source: ByteSource): View | undefined {
  const manager = managerOf(parts, source)
  const [index] = manager?.axes ?? []
  const [block] = manager?.blocks ?? []
  const column = block && columnReader(block.values, source)?.(0)
  if (!index || !column) return undefined
  const name = fieldOf(parts, '_name') ?? fieldOf(parts, 'name')
  const table: Table = { rows: index.length, labels: nameColumn(name), columns: [column], index }
  return { kind: 'series', table, name }
}

function nameColumn(name: Value | undefined): Column {
  const node = name ?? { kind: 'none', start: 0, end: 0 }
  return {
    dtype: 'object',
    length: 1,
    cells: (from, to) => (from < 1 && to > 0 ? [{ kind: 'node', node }] : []),
  }
}

export function indexView(node: Value, source: ByteSource): View | undefined {
  const index = indexOf(node, source)
  return index && { kind: 'index', index }
}

export function categoricalView(node: Value, source: ByteSource): View | undefined {
  const backed = backedArray(node, source)
  if (backed?.className !== 'Categorical') return undefined
  const categories = categoriesOf(backed.dtype, source)
  if (!categories) return undefined
  return {
    kind: 'categorical',
    codes: backed.data,
    categories: categories.cells,
    categoryCount: categories.count,
    ordered: categories.ordered,
  }
}

interface Block {
  readonly values: Value
  /** Which columns the rows of the block are: a slice or an array of numbers. */
  readonly placement: Value | undefined
}

interface Manager {
  readonly axes: readonly Index[]
  readonly blocks: readonly Block[]
}

const maxBlocks = 100_000

/** `BlockManager((blocks), [axes])` or, in the older layout, a state with `{'0.14.1': {axes, blocks}}`. */
function managerOf(parts: ObjectParts, source: ByteSource): Manager | undefined {
  const node = fieldOf(parts, '_mgr') ?? fieldOf(parts, '_data')
  if (node?.kind !== 'object') return undefined
  const manager = partsOf(node)
  const [blockNodes, axisNodes] = manager.args.length === 2 ? manager.args : []
  const old = lookUp(itemsOf(manager.state)?.[3], '0.14.1')
  const blocks = itemsOf(blockNodes ?? lookUp(old, 'blocks'))
  const axes = itemsOf(axisNodes ?? lookUp(old, 'axes'))
  if (!blocks || !axes || axes.length > 2 || blocks.length > maxBlocks) return undefined
  const readAxes = axes.map((axis) => indexOf(axis, source))
  const readBlocks = blocks.map(blockOf)
  if (!readAxes.every((axis) => axis !== undefined) || !readBlocks.every((block) => block !== undefined)) {
    return undefined
  }
  return { axes: readAxes, blocks: readBlocks }
}

/** `_unpickle_block(values, placement, ndim)` or `{'values': …, 'mgr_locs': …}`. */
function blockOf(node: Value): Block | undefined {
  if (node.kind === 'dict') {
    const values = lookUp(node, 'values')
    return values && { values, placement: lookUp(node, 'mgr_locs') }
  }
  if (node.kind !== 'object') return undefined
  const { args } = partsOf(node)
  return args[0] && { values: args[0], placement: args[1] }
}

/** Columns beyond this are not laid out: such a table is shown as the object that it is. */
const maxColumns = 1_000_000

function placedColumns(
  blocks: readonly Block[],
  width: number,
  rows: number,
  source: ByteSource,
): Column[] | undefined {
  if (width > maxColumns) return undefined
  const columns = Array.from<Column | undefined>({ length: width })
  for (const { values, placement } of blocks) {
    const places = placesOf(placement, width, source)
    const read = columnReader(values, source)
    if (!places || !read) return undefined
    for (const [row, place] of places.entries()) {
      const column = place < width ? read(row) : undefined
      if (!column || (column.length !== rows && column.length !== Infinity)) return undefined
      columns[place] = column
    }
  }
  return columns.every((column) => column !== undefined) ? columns : undefined
}

function placesOf(node: Value | undefined, width: number, source: ByteSource): number[] | undefined {
  if (!node) return undefined
  const array = asArray(node, source)
  if (array) {
    if (array.size > width) return undefined
    const places = cellsOf(array, 0, array.size).map((cell) =>
      cell?.kind === 'int' ? Number(cell.value) : -1,
    )
    return places.every((place) => place >= 0) ? places : undefined
  }
  if (node.kind !== 'object' || nameOf(node.callee)?.name !== 'slice') return undefined
  const [start, stop, step] = node.args.map(integerOf)
  if (start === undefined || stop === undefined || !step || step < 0 || start < 0) return undefined
  const count = Math.ceil((stop - start) / step)
  return count > width ? undefined : Array.from({ length: Math.max(0, count) }, (_, i) => start + i * step)
}
