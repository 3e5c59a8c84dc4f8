import type { Column, Table, TableCell } from '../lenses/table.ts'
import type { ByteSource } from '../model/source.ts'
import { cellText } from '../render/cell.ts'
import type { ArrayComparison, ElementBudget } from './arrays.ts'
import { areClose } from './numbers.ts'
import type { SidePreview, Tolerance } from './types.ts'

const blockCells = 1024

/** Compares two columns of a table cell by cell, as Python shows the cells; floats with the tolerance. */
export function compareColumns(
  left: Column,
  leftSource: ByteSource,
  right: Column,
  rightSource: ByteSource,
  tolerance: Tolerance,
  budget: ElementBudget,
): ArrayComparison {
  const dtype = left.dtype === right.dtype ? undefined : ([left.dtype, right.dtype] as const)
  if (left.length !== right.length) {
    const shape = [[left.length], [right.length]] as const
    return { difference: { dtype, shape, elements: 0, differing: 0 }, isComplete: true }
  }
  const elements = Math.min(left.length, budget.elements)
  budget.elements -= elements
  let differing = 0
  let unread = 0
  let first: number | undefined
  let max = -1
  let maxAt = 0
  for (let at = 0; at < elements; at += blockCells) {
    const to = Math.min(at + blockCells, elements)
    const others = right.cells(at, to)
    for (const [i, cell] of left.cells(at, to).entries()) {
      const other = others[i] ?? unreadCell
      if (cell.kind === 'unread' || other.kind === 'unread') unread++
      const x = floatOf(cell)
      const y = floatOf(other)
      const isSame =
        x !== undefined && y !== undefined
          ? areClose(x.value, y.value, tolerance, Math.min(x.itemsize, y.itemsize))
          : cellText(cell, leftSource) === cellText(other, rightSource)
      if (isSame) continue
      differing++
      first ??= at + i
      const distance = x && y ? Math.abs(x.value - y.value) : Number.NaN
      if (distance > max && Number.isFinite(distance)) {
        max = distance
        maxAt = at + i
      }
    }
  }
  const isComplete = elements === left.length && unread === 0
  if (!dtype && first === undefined) return { isComplete }
  const largest = max < 0 ? {} : { maxAbsolute: max, maxAt: [maxAt] }
  const firstAt = first === undefined ? undefined : [first]
  return { difference: { dtype, elements, differing, firstAt, ...largest }, isComplete }
}

const unreadCell: TableCell = { kind: 'unread' }

function floatOf(cell: TableCell): { value: number; itemsize: number } | undefined {
  if (cell.kind === 'nan') return { value: Number.NaN, itemsize: 8 }
  return cell.kind === 'element' && cell.element.kind === 'float' ? cell.element : undefined
}

/** Columns by their labels as Python shows them; labels that occur twice are numbered. */
export function columnsOf({ labels, columns }: Table, source: ByteSource): Map<string, Column> {
  const found = new Map<string, Column>()
  const cells = labels.cells(0, columns.length)
  for (const [i, column] of columns.entries()) {
    const label = cells[i] ? cellText(cells[i], source) : String(i)
    let unique = label
    for (let n = 2; found.has(unique); n++) unique = `${label}, ${n}`
    found.set(unique, column)
  }
  return found
}

export function columnPreview({ dtype, length }: Column): SidePreview {
  return { type: 'column', preview: `${length} rows of ${dtype}` }
}
