import { useState, type CSSProperties, type KeyboardEvent, type UIEvent } from 'react'
import type { ValueAddress } from '../../client/queries.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { clamp } from '../../virtual/scroll.ts'
import { useWindow } from '../../virtual/use-window.ts'
import { isDrawable } from './array-looks.ts'
import { cellWidth, shortCell, type TableShape } from './array-shape.ts'
import classes from './ArrayView.module.css'
import { numbersFrom, useTiles, type Tiles } from './use-tiles.ts'

const rowHeight = 22
const headerHeight = 24
const indexWidth = 62
/** More columns would be wider than a browser draws. */
const mostColumns = 80_000

export interface ArrayTableProps {
  value: ValueAddress
  table: TableShape
  index: readonly number[]
  dtype: string
}

/** Rows and columns of an array, windowed in both directions; Ctrl+Home and Ctrl+End go to the ends. */
export function ArrayTable({ value, table, index, dtype }: ArrayTableProps) {
  const columnWidth = cellWidth(dtype)
  const columns = Math.min(table.columns, mostColumns)
  const { attach, canvasHeight, ...frame } = useWindow<HTMLDivElement>({
    rows: table.rows,
    rowHeight,
    headerHeight,
  })
  const [left, setLeft] = useState(0)
  const firstColumn = clamp(Math.floor(left / columnWidth), 0, columns)
  const lastColumn = clamp(Math.ceil((left + frame.viewWidth) / columnWidth) + 1, firstColumn, columns)
  const cells = useTiles(
    { value, index, rows: table.rows, columns: table.columns },
    [frame.first, frame.last],
    [firstColumn, lastColumn],
  )
  const isOneColumn = columns === 1
  const width = isOneColumn ? '100%' : indexWidth + columns * columnWidth
  const place = (column: number): CSSProperties => ({
    ...(isOneColumn
      ? { left: indexWidth, right: 0 }
      : { left: indexWidth + column * columnWidth, width: columnWidth, boxSizing: 'border-box' }),
    // A list's only column takes the whole width, and texts are read from the left.
    textAlign: isOneColumn || !isDrawable(dtype) ? 'left' : 'right',
  })
  const drawn: Drawn = { columns: numbersFrom(firstColumn, lastColumn), cells, isOneColumn, place }

  const onScroll = (event: UIEvent<HTMLDivElement>): void => {
    frame.onScroll(event)
    setLeft(event.currentTarget.scrollLeft)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const control = event.ctrlKey || event.metaKey
    if (event.key === 'End' && control) frame.scrollToRow(table.rows - 1)
    else if (event.key === 'Home' && control) frame.scrollTopTo(0)
    else return
    event.preventDefault()
  }
  return (
    <div
      ref={attach}
      className={classes.table}
      role="table"
      aria-label="Elements"
      aria-busy={cells.isWaiting}
      aria-rowcount={table.rows + 1}
      aria-colcount={columns + 1}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      <div role="row" aria-rowindex={1} className={classes.tableHead} style={{ width }}>
        <TableTitles {...drawn} />
      </div>
      <div role="rowgroup" style={{ height: canvasHeight, width, position: 'relative' }}>
        <div
          role="presentation"
          className={classes.tableWindow}
          style={{ transform: `translateY(${frame.offset}px)`, width }}
        >
          {numbersFrom(frame.first, frame.last).map((row) => (
            <TableRow key={row} row={row} {...drawn} />
          ))}
        </div>
      </div>
    </div>
  )
}

/** What the parts of the table draw. */
interface Drawn {
  columns: readonly number[]
  cells: Tiles
  isOneColumn: boolean
  place: (column: number) => CSSProperties
}

function TableTitles({ columns, isOneColumn, place }: Drawn) {
  return (
    <>
      <span
        role="columnheader"
        aria-colindex={1}
        className={classes.tableIndex}
        style={{ width: indexWidth }}
      />
      {columns.map((column) => (
        <span
          key={column}
          role="columnheader"
          aria-colindex={column + 2}
          className={classes.tableTitle}
          style={place(column)}
        >
          {isOneColumn ? 'value' : column}
        </span>
      ))}
    </>
  )
}

function TableRow({ row, columns, cells, place }: Drawn & { row: number }) {
  return (
    <div role="row" aria-rowindex={row + 2} className={classes.tableRow}>
      <span role="rowheader" aria-colindex={1} className={classes.tableIndex} style={{ width: indexWidth }}>
        {row}
      </span>
      {columns.map((column) => (
        <Cell key={column} text={cells.text(row, column)} column={column} style={place(column)} />
      ))}
    </div>
  )
}

const gaps: ReadonlySet<string> = new Set(['nan', 'NaT', '--', 'None'])

function Cell({ text, column, style }: { text: string | undefined; column: number; style: CSSProperties }) {
  return (
    <span
      role="cell"
      aria-colindex={column + 2}
      className={classes.tableCell}
      data-gap={(text !== undefined && gaps.has(text)) || undefined}
      style={style}
      title={text === undefined || text.length < 10 ? undefined : visibleText(text)}
    >
      {text === undefined ? <span className={classes.tableWait}>·</span> : visibleText(shortCell(text))}
    </span>
  )
}
