import type { TableColumn, TableColumns, TableHead } from '../../../shared/api/tables.ts'
import { summarizeColumn } from '../../../shared/lenses/column-summary.ts'
import type { Column, Table } from '../../../shared/lenses/table.ts'
import { tableOf } from '../../../shared/lenses/table-of.ts'
import { AppError } from '../../../shared/model/errors.ts'
import type { ByteSource } from '../../../shared/model/source.ts'
import { readAhead } from '../../../shared/model/source.ts'
import { isNumeric } from '../../../shared/numpy/statistics.ts'
import { cellText } from '../../../shared/render/cell.ts'
import type { Value } from '../../../shared/value/value.ts'

/** Columns of one answer. */
const mostColumns = 32
/** What may be read of all columns of one answer: below half a second from memory. */
const numberBytes = 512 * 1024 * 1024
/** The same of what has to be fetched first. */
const farBytes = 32 * 1024 * 1024
/** Cells of texts and objects of one answer. */
const mostCells = 400_000
/** Columns whose widths are looked at, and how many cells for all of them. */
const measuredColumns = 4_000
const measuredCells = 100_000
const measuredRows = 40
const mostCharacters = 60
/** Longer numbers are shown with fewer digits. */
const numberCharacters = 11

/** What a table is. Throws `USAGE` for other nodes. */
export function tableHead(node: Value, source: ByteSource): TableHead {
  return readAhead(source, () => headOf(node, source))
}

function headOf(node: Value, source: ByteSource): TableHead {
  const { rows, columns, labels, index } = tableAt(node, source)
  const count = Math.min(measuredColumns, columns.length)
  const looked = Math.min(rows, measuredRows, Math.max(1, Math.floor(measuredCells / Math.max(1, count))))
  const width = (column: Column): number => {
    const characters = widest(column.cells(0, looked).map((cell) => cellText(cell, source)))
    return column.numbers?.unit === 'number' ? Math.min(characters, numberCharacters) : characters
  }
  const names = labels.cells(0, count).map((cell) => cellText(cell, source))
  return {
    rows,
    columns: columns.length,
    index: levelsOf(index).map((level, i) => {
      const label = index?.names[i]
      const name = label ? cellText({ kind: 'node', node: label }, source) : 'None'
      return { name, dtype: level.dtype, characters: Math.max(width(level), widest([name])) }
    }),
    characters: columns
      .slice(0, count)
      .map((column, i) => Math.max(width(column), widest([names[i] ?? '', column.dtype]))),
  }
}

function levelsOf(index: Table['index']): readonly Column[] {
  return index ? (index.levels ?? [index]) : []
}

function widest(texts: readonly string[]): number {
  return Math.min(
    mostCharacters,
    texts.reduce((most, text) => Math.max(most, text.length), 0),
  )
}

/** What is in some columns, looked at within a budget. Throws `USAGE` for nodes that are no table. */
export function tableColumns(
  node: Value,
  source: ByteSource,
  [from, to]: readonly [number, number],
): TableColumns {
  const { rows, columns, labels } = tableAt(node, source)
  const start = Math.min(from, columns.length)
  const end = Math.min(to, columns.length, start + mostColumns)
  const share = Math.max(1, end - start)
  const budget = {
    numberBytes: (source.isFar ? farBytes : numberBytes) / share,
    cells: Math.floor(mostCells / share),
    textOf: (cell: Parameters<typeof cellText>[0]): string => cellText(cell, source),
  }
  const names = labels.cells(start, end)
  const looks = readAhead(source, () =>
    columns.slice(start, end).map((column) => summarizeColumn(column, rows, budget)),
  )
  const summaries = looks.map((look, i): TableColumn => {
    const { looked, missing, unread, numbers, values } = look
    const column = columns[start + i]!
    const name = names[i]
    return {
      name: name ? cellText(name, source) : '',
      dtype: column.dtype,
      rows,
      looked,
      missing,
      unread,
      isDrawable: rows > 1 && isDrawable(column),
      numbers: numbers && { ...numbers, histogram: [...numbers.histogram] },
      values: values && {
        ...values,
        top: values.top.map(({ cell, count }) => ({ text: cellText(cell, source), count })),
      },
    }
  })
  return { columns: [start, end], summaries }
}

function isDrawable({ numbers, stored }: Column): boolean {
  if (numbers) return true
  const array = stored?.array
  return array?.data !== undefined && (isNumeric(array.dtype) || array.dtype.kind === 'c')
}

function tableAt(node: Value, source: ByteSource): Table {
  const table = tableOf(node, source)
  if (table) return table
  throw new AppError('USAGE', 'This value is no table; choose a table in the tree.')
}
