import type { Table } from '../lenses/table.ts'
import type { View } from '../lenses/view.ts'
import { dtypeName, shapeText } from '../numpy/dtype.ts'
import { elementText } from '../numpy/element.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import { visibleText } from '../value/python-text.ts'
import type { LiteralWriter } from './python.ts'

const bytesShown = 80
const labelsShown = 100

/** What stands for data in a brief literal: types and shapes, columns of tables, the beginning of bytes. False for all else. */
export function briefLiteral(writer: LiteralWriter, view: View): boolean {
  switch (view.kind) {
    case 'bytes':
    case 'bytearray':
      if (view.bytes.length <= bytesShown) return false
      writer.text += `${view.kind}(${view.bytes.length})`
      return true
    case 'ndarray':
      briefArray(writer, view.array)
      return true
    case 'masked':
      briefArray(writer, view.data)
      return true
    case 'dataframe':
      writer.text += `<DataFrame ${view.table.rows} × ${view.table.columns.length}: `
      labels(writer, view.table)
      writer.text += '>'
      return true
    default:
      return false
  }
}

function briefArray(writer: LiteralWriter, { dtype, shape, items }: NdArray): void {
  writer.text += `array(${visibleText(dtypeName(dtype))} ${shapeText(shape)}`
  if (items) writer.nodes(' [', items, ']')
  writer.text += ')'
}

function labels(writer: LiteralWriter, { labels: column }: Table): void {
  const cells = column.cells(0, labelsShown)
  writer.list('', cells.length, '', (i) => {
    const cell = cells[i]!
    if (cell.kind === 'node') writer.node(cell.node)
    else writer.text += cell.kind === 'element' ? elementText(cell.element) : '…'
  })
}
