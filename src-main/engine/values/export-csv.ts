import type { Index, Table, TableCell } from '../../../shared/lenses/table.ts'
import type { ByteSource } from '../../../shared/model/source.ts'
import { elementText } from '../../../shared/numpy/element.ts'
import type { Element } from '../../../shared/numpy/element.ts'
import type { Cell, NdArray } from '../../../shared/numpy/ndarray.ts'
import { windowOf, windowShape } from '../../../shared/numpy/ndarray.ts'
import { pythonLiteral } from '../../../shared/render/python.ts'
import { visibleText } from '../../../shared/value/python-text.ts'
import type { Value } from '../../../shared/value/value.ts'
import { csvLine } from '../csv-line.ts'

/** Cells that are decoded at once. */
const cellsAtOnce = 20_000

/**
 * A table as `DataFrame.to_csv` writes it: a line of names, the index first; `str` of each cell, nothing where a
 * value is missing; quotes only where they are needed. `names` stand for the labels.
 */
export function* tableCsv(
  { rows, labels, columns, index }: Table,
  source: ByteSource,
  names?: readonly string[],
): Generator<string> {
  const text = (cell: TableCell): string => tableCell(cell, source)
  const head = names ?? labels.cells(0, columns.length).map(text)
  yield csvLine([...(index ? indexNames(index, source) : []), ...head])
  const step = Math.max(1, Math.floor(cellsAtOnce / Math.max(1, columns.length)))
  for (let row = 0; row < rows; row += step) {
    const to = Math.min(rows, row + step)
    const cells = columns.map((column) => column.cells(row, to))
    const rowNames = index?.cells(row, to)
    let piece = ''
    for (let i = 0; i < to - row; i++) {
      const name = rowNames?.[i]
      const first = name?.kind === 'tuple' ? name.cells.map(text) : name ? [text(name)] : []
      piece += csvLine([...first, ...cells.map((column) => text(column[i] ?? { kind: 'unread' }))])
    }
    yield piece
  }
}

/** One name for each level; a single nameless index has an empty one. */
function indexNames({ names }: Index, source: ByteSource): string[] {
  return (names.length === 0 ? [undefined] : names).map((name) => (name ? nodeText(name, source) : ''))
}

/**
 * An array as plain rows without names, masked elements empty; of more than two dimensions the rows of all planes, the index of the plane in
 * front, under a line of names.
 */
export function* arrayCsv(array: NdArray, source: ByteSource): Generator<string> {
  const leading = array.shape.slice(0, -2)
  const [rows, columns] = windowShape(array)
  if (leading.length > 0) {
    const axes = array.shape.slice(0, -1).map((_, axis) => `axis${axis}`)
    yield csvLine([...axes, ...Array.from({ length: columns }, (_, column) => String(column))])
  }
  if (array.size === 0) return
  const step = Math.max(1, Math.floor(cellsAtOnce / Math.max(1, columns)))
  for (const index of indexesOf(leading)) {
    for (let row = 0; row < rows; row += step) {
      const cut = (one: NdArray): Cell[][] =>
        windowOf(one, index, [row, Math.min(rows, row + step)], [0, columns]) ?? []
      const window = cut(array)
      const masks = array.mask && cut(array.mask)
      let piece = ''
      for (const [i, cells] of window.entries()) {
        const place = leading.length > 0 ? [...index, row + i].map(String) : []
        piece += csvLine([
          ...place,
          ...cells.map((cell, j) => (isTrue(masks?.[i]?.[j]) ? '' : arrayCell(cell, source))),
        ])
      }
      yield piece
    }
  }
}

/** The items of a list or tuple, one a line. */
export function* listCsv(items: readonly Value[], source: ByteSource): Generator<string> {
  for (const item of items) yield csvLine([nodeText(item, source)])
}

/** All indexes of a shape, the last axis fastest. */
function* indexesOf(shape: readonly number[]): Generator<number[]> {
  const count = shape.reduce((product, length) => product * length, 1)
  for (let flat = 0; flat < count; flat++) {
    const index = shape.map(() => 0)
    let rest = flat
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis]!
      rest = Math.floor(rest / shape[axis]!)
    }
    yield index
  }
}

function tableCell(cell: TableCell, source: ByteSource): string {
  switch (cell.kind) {
    case 'element':
      return elementCsv(cell.element)
    case 'node':
      return nodeText(cell.node, source)
    case 'timestamp':
      return cell.iso.replace('T', ' ')
    case 'pandas-timedelta':
      return timedeltaCsv(cell.iso)
    case 'tuple':
      return cell.cells.map((part) => tableCell(part, source)).join(' ')
    default:
      return ''
  }
}

function isTrue(cell: Cell): boolean {
  return cell?.kind === 'bool' && cell.value
}

/** `P1DT2H3M4.5S` as `str` has it: `1 days 02:03:04.500000`. */
function timedeltaCsv(iso: string): string {
  const [, days, hours, minutes, seconds, fraction] = isoSpan.exec(iso) ?? []
  if (days === undefined) return iso
  const time = [hours, minutes, seconds].map((text) => text?.padStart(2, '0')).join(':')
  const digits = (fraction?.length ?? 0) > 6 ? 9 : 6
  const rest = fraction === undefined ? '' : `.${fraction.padEnd(digits, '0')}`
  return `${days} days ${days.startsWith('-') ? '+' : ''}${time}${rest}`
}

const isoSpan = /^P(-?\d+)DT(\d+)H(\d+)M(\d+)(?:\.(\d+))?S$/

function arrayCell(cell: Cell, source: ByteSource): string {
  if (!cell) return ''
  return cell.kind === 'node' ? nodeText(cell.node, source) : elementCsv(cell)
}

function elementCsv(element: Element): string {
  if (element.kind === 'text') return element.value
  if (element.kind === 'float' && Number.isNaN(element.value)) return ''
  if ((element.kind === 'datetime' || element.kind === 'timedelta') && element.count === undefined) return ''
  return elementText(element)
}

/** `str` of a node: texts as they are, nothing for None, else the literal. */
function nodeText(node: Value, source: ByteSource): string {
  if (node.kind === 'str') return node.value.toWellFormed()
  if (node.kind === 'none' || (node.kind === 'float' && Number.isNaN(node.value))) return ''
  return visibleText(pythonLiteral(node, { source }))
}
