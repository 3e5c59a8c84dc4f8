import { memo, type CSSProperties } from 'react'
import type { Row } from '../../../shared/api/contract.ts'
import { visibleText } from '../../ui/visible-text.ts'
import type { CellContext, Column } from './columns.tsx'
import classes from './EntriesGrid.module.css'

export function cellId(row: number, column: number): string {
  return `cell-${row}-${column}`
}

export interface GridRowProps {
  index: number
  /** Absent while it is on its way: a row of the same height stands in for it. */
  row: Row | undefined
  columns: readonly Column[]
  template: string
  context: CellContext
  isSelected: boolean
  /** −1: the focus is in another row. */
  focusedColumn: number
}

export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { index, row, columns, template, context, isSelected, focusedColumn } = props
  const style: CSSProperties = { gridTemplateColumns: template }
  return (
    <div
      role="row"
      className={classes.row}
      style={style}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      aria-busy={row === undefined}
      data-row={index}
      data-status={row?.status}
      data-focused={focusedColumn >= 0 || undefined}
    >
      {columns.map((column, i) => (
        <div
          key={column.id}
          id={cellId(index, i)}
          role="gridcell"
          aria-colindex={i + 1}
          className={classes.cell}
          data-look={column.look}
          data-align={column.align}
          data-focused={i === focusedColumn || undefined}
          title={row && cellHover(column, row, context)}
        >
          {row === undefined ? (
            <Placeholder column={column} index={index} />
          ) : (
            cellContent(column, row, context)
          )}
        </div>
      ))}
    </div>
  )
})

function cellHover(column: Column, row: Row, context: CellContext): string | undefined {
  const text = visibleText((column.hover ?? column.text)(row, context))
  return text === '' ? undefined : text
}

function cellContent(column: Column, row: Row, context: CellContext): React.ReactNode {
  if (column.id === 'status') {
    return (
      <>
        {column.draw?.(row, context)}
        <span className={classes.hiddenText}>{column.text(row, context)}</span>
      </>
    )
  }
  return column.draw ? column.draw(row, context) : visibleText(column.text(row, context))
}

/** Widths differ from row to row as texts do, so that nothing jumps when they come. */
function Placeholder({ column, index }: { column: Column; index: number }) {
  if (column.id === 'status') return null
  const share = 35 + ((index * 37 + column.id.length * 53) % 50)
  return <span className={classes.placeholder} style={{ width: `${share}%` }} />
}
