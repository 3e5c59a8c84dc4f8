import type { TableCell } from '../lenses/table.ts'
import type { ByteSource } from '../model/source.ts'
import type { Cell } from '../numpy/ndarray.ts'
import { elementText } from '../numpy/element.ts'
import { pythonLiteral } from './python.ts'

const cellCharacters = 200

/** A cell of a table as Python shows it, at most some 200 characters: `3.6`, `'Cu'`, `2026-01-01T00:00:00`, `NaT`. */
export function cellText(cell: TableCell, source: ByteSource): string {
  switch (cell.kind) {
    case 'element':
      return elementText(cell.element)
    case 'node':
      return pythonLiteral(cell.node, { source, maxCharacters: cellCharacters })
    case 'timestamp':
    case 'pandas-timedelta':
      return cell.iso
    case 'pandas-constant':
      return cell.name === 'NA' ? '<NA>' : cell.name
    case 'tuple':
      // Tuples of a MultiIndex hold plain cells: one level deep.
      return `(${cell.cells.map((part) => cellText(part, source)).join(', ')})`
    case 'nan':
      return 'nan'
    default:
      return '…'
  }
}

/** A cell of an array; empty where the element is not here. */
export function arrayCellText(cell: Cell, source: ByteSource): string {
  if (!cell) return ''
  return cell.kind === 'node'
    ? pythonLiteral(cell.node, { source, maxCharacters: cellCharacters })
    : elementText(cell)
}
