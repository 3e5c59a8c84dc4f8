import type { ArrayStatistics, ArrayWindow } from '../../../shared/api/contract.ts'
import type { Column, Table } from '../../../shared/lenses/table.ts'
import { asArray } from '../../../shared/lenses/arrays.ts'
import { tableOf } from '../../../shared/lenses/table-of.ts'
import { viewOf } from '../../../shared/lenses/view-of.ts'
import { AppError } from '../../../shared/model/errors.ts'
import type { ByteSource } from '../../../shared/model/source.ts'
import { readAhead } from '../../../shared/model/source.ts'
import { dtypeName } from '../../../shared/numpy/dtype.ts'
import type { NdArray } from '../../../shared/numpy/ndarray.ts'
import { windowOf, windowShape } from '../../../shared/numpy/ndarray.ts'
import { statisticsOf } from '../../../shared/numpy/statistics.ts'
import { arrayCellText, cellText } from '../../../shared/render/cell.ts'
import { floatText } from '../../../shared/value/python-text.ts'
import type { Value } from '../../../shared/value/value.ts'

export interface WindowRequest {
  readonly index: readonly number[]
  readonly rows: readonly [number, number]
  readonly columns: readonly [number, number]
}

/** Cells of one window; columns give way first. */
const cellsLimit = 50_000
const rowsLimit = 2_000
const histogramBins = 64
/** As numpy prints it. */
const maskedText = '--'
/** Below half a second: other questions about values wait meanwhile. Of larger arrays a sample is looked at. */
const bytesLimit = 128 * 1024 * 1024
/** The same of what has to be fetched first. */
const farBytesLimit = 32 * 1024 * 1024

/** A window of an array, a DataFrame, a Series or a structured array. Throws `USAGE` for other nodes and for an index out of range. */
export function arrayWindow(node: Value, source: ByteSource, request: WindowRequest): ArrayWindow {
  const table = tableOf(node, source)
  if (table) return readAhead(source, () => tableWindow(table, source, request))
  const array = arrayOf(node, source)
  const [height, width] = windowShape(array)
  const { rows, columns } = clampWindow(request, height, width)
  const [cells, masks] = readAhead(source, () =>
    [array, array.mask].map((one) => one && windowOf(one, request.index, rows, columns)),
  )
  const isMasked = (row: number, column: number): boolean => {
    const mask = masks?.[row]?.[column]
    return mask?.kind === 'bool' && mask.value
  }
  if (!cells)
    throw new AppError(
      'USAGE',
      `The index ${request.index.join(', ')} is outside of the shape (${array.shape.join(', ')}).`,
    )
  return {
    dtype: dtypeName(array.dtype),
    shape: [...array.shape],
    index: Array.from({ length: Math.max(0, array.shape.length - 2) }, (_, i) => request.index[i] ?? 0),
    rows,
    columns,
    cells: cells.map((line, i) =>
      line.map((cell, j) => (isMasked(i, j) ? maskedText : arrayCellText(cell, source))),
    ),
  }
}

function tableWindow(table: Table, source: ByteSource, request: WindowRequest): ArrayWindow {
  const { rows, columns } = clampWindow(request, table.rows, table.columns.length)
  const shown = table.columns.slice(...columns)
  return {
    dtype: [...new Set(shown.map(({ dtype }) => dtype))].join(', '),
    shape: [table.rows, table.columns.length],
    index: [],
    rows,
    columns,
    columnNames: columnTexts(table.labels, columns, source),
    rowNames: table.index && columnTexts(table.index, rows, source),
    rowLevels: table.index?.levels && linesOf(table.index.levels, rows, source),
    cells: linesOf(shown, rows, source),
  }
}

function linesOf(
  columns: readonly Column[],
  rows: readonly [number, number],
  source: ByteSource,
): string[][] {
  const lines: string[][] = Array.from({ length: rows[1] - rows[0] }, () => [])
  for (const column of columns) {
    const texts = columnTexts(column, rows, source)
    for (const [i, line] of lines.entries()) line.push(texts[i] ?? '')
  }
  return lines
}

function columnTexts(column: Column, [from, to]: readonly [number, number], source: ByteSource): string[] {
  return column.cells(from, to).map((cell) => cellText(cell, source))
}

function clampWindow(
  request: WindowRequest,
  height: number,
  width: number,
): { rows: [number, number]; columns: [number, number] } {
  const rows = clamp(request.rows, height, rowsLimit)
  const columns = clamp(request.columns, width, Math.floor(cellsLimit / Math.max(1, rows[1] - rows[0])))
  return { rows, columns }
}

function clamp([from, to]: readonly [number, number], length: number, limit: number): [number, number] {
  const start = Math.min(from, length)
  return [start, Math.max(start, Math.min(to, length, start + limit))]
}

/** Statistics of an array's numbers; of other arrays only the count. Throws `USAGE` for other nodes. */
export function arrayStatistics(node: Value, source: ByteSource): ArrayStatistics {
  const array = arrayOf(node, source)
  const limit = source.isFar ? farBytesLimit : bytesLimit
  const maxElements = Math.floor(limit / Math.max(1, array.dtype.itemsize))
  const found = readAhead(source, () => statisticsOf(array, { bins: histogramBins, maxElements }))
  if (!found) return { count: array.size, finite: 0, nan: 0, infinite: 0 }
  const text = (value: number | bigint): string =>
    array.dtype.kind === 'f' ? floatText(Number(value)) : String(value)
  return {
    ...found,
    masked: array.mask && found.sampled === undefined ? array.size - found.count : undefined,
    min: found.min === undefined ? undefined : text(found.min),
    max: found.max === undefined ? undefined : text(found.max),
    histogram: found.histogram && [...found.histogram],
  }
}

export function arrayOf(node: Value, source: ByteSource): NdArray {
  const array = asArray(node, source)
  if (array) return array
  const view = viewOf(node, source)
  throw new AppError(
    'USAGE',
    `This value is no array but ${view.kind === 'object' ? 'an object' : `of kind ${view.kind}`}; choose an array in the tree.`,
  )
}
