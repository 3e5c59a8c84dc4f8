import { useQueries } from '@tanstack/react-query'
import { useState, type CSSProperties, type KeyboardEvent, type UIEvent } from 'react'
import { arrayQuery, type ValueAddress } from '../../client/queries.ts'
import { pythonStringText } from '../../ui/python-string.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { clamp } from '../../virtual/scroll.ts'
import { useWindow } from '../../virtual/use-window.ts'
import { shortCell, type TableShape } from './array-shape.ts'
import classes from './ArrayView.module.css'

const rowHeight = 22
const headerHeight = 24
const columnWidth = 92
const indexWidth = 62
/** Cells are asked for in tiles of this size. */
const tileRows = 100
const tileColumns = 24
/** More columns would be wider than a browser draws. */
const mostColumns = 80_000

export interface ArrayTableProps {
  value: ValueAddress
  table: TableShape
  index: readonly number[]
}

/** Rows and columns of an array, windowed in both directions; Ctrl+Home and Ctrl+End go to the ends. */
export function ArrayTable({ value, table, index }: ArrayTableProps) {
  const columns = Math.min(table.columns, mostColumns)
  const { attach, canvasHeight, ...frame } = useWindow<HTMLDivElement>({
    rows: table.rows,
    rowHeight,
    headerHeight,
  })
  const [left, setLeft] = useState(0)
  const firstColumn = clamp(Math.floor(left / columnWidth), 0, columns)
  const lastColumn = clamp(Math.ceil((left + frame.viewWidth) / columnWidth) + 1, firstColumn, columns)
  const cells = useCells({ value, table, index }, [frame.first, frame.last], [firstColumn, lastColumn])
  const isOneColumn = columns === 1
  const width = isOneColumn ? '100%' : indexWidth + columns * columnWidth
  const drawn: Drawn = { columns: numbersFrom(firstColumn, lastColumn), cells, isOneColumn }

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
  cells: Cells
  isOneColumn: boolean
}

/** A list's only column takes the whole width. */
function placeOf(column: number, isOneColumn: boolean): CSSProperties {
  if (isOneColumn) return { left: indexWidth, right: 0, textAlign: 'left' }
  return { left: indexWidth + column * columnWidth, width: columnWidth, boxSizing: 'border-box' }
}

function TableTitles({ columns, cells, isOneColumn }: Drawn) {
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
          style={placeOf(column, isOneColumn)}
        >
          {nameOf(cells.columnName(column)) ?? (isOneColumn ? 'value' : column)}
        </span>
      ))}
    </>
  )
}

function TableRow({ row, columns, cells, isOneColumn }: Drawn & { row: number }) {
  return (
    <div role="row" aria-rowindex={row + 2} className={classes.tableRow}>
      <span role="rowheader" aria-colindex={1} className={classes.tableIndex} style={{ width: indexWidth }}>
        {nameOf(cells.rowName(row)) ?? row}
      </span>
      {columns.map((column) => (
        <Cell
          key={column}
          text={cells.text(row, column)}
          column={column}
          style={placeOf(column, isOneColumn)}
        />
      ))}
    </div>
  )
}

/** A name that is a text needs no quotes in a title. */
function nameOf(literal: string | undefined): string | undefined {
  return literal === undefined ? undefined : visibleText(pythonStringText(literal) ?? literal)
}

function Cell({ text, column, style }: { text: string | undefined; column: number; style: CSSProperties }) {
  return (
    <span
      role="cell"
      aria-colindex={column + 2}
      className={classes.tableCell}
      data-text={text?.startsWith("'") || undefined}
      style={style}
      title={text === undefined || text.length < 10 ? undefined : visibleText(text)}
    >
      {text === undefined ? <span className={classes.tableWait}>·</span> : visibleText(shortCell(text))}
    </span>
  )
}

interface Cells {
  isWaiting: boolean
  text: (row: number, column: number) => string | undefined
  columnName: (column: number) => string | undefined
  rowName: (row: number) => string | undefined
}

type Span = readonly [from: number, to: number]

/** Brings the tiles in view. */
function useCells({ value, table, index }: ArrayTableProps, rows: Span, columns: Span): Cells {
  const downs = tilesOf(rows, tileRows)
  const acrosses = tilesOf(columns, tileColumns)
  const tiles = downs.flatMap((down) => acrosses.map((across) => ({ down, across })))
  const answers = useQueries({
    queries: tiles.map(({ down, across }) =>
      arrayQuery(value, {
        index,
        rows: [down * tileRows, Math.min((down + 1) * tileRows, table.rows)],
        columns: [across * tileColumns, Math.min((across + 1) * tileColumns, table.columns)],
      }),
    ),
  })
  const tileOf = (row: number, column: number) => {
    const down = downs.indexOf(Math.floor(row / tileRows))
    const across = acrosses.indexOf(Math.floor(column / tileColumns))
    return down < 0 || across < 0 ? undefined : answers[down * acrosses.length + across]?.data
  }
  return {
    isWaiting: answers.some((answer) => answer.isPending),
    text: (row, column) => tileOf(row, column)?.cells[row % tileRows]?.[column % tileColumns],
    columnName: (column) => tileOf(rows[0], column)?.columnNames?.[column % tileColumns],
    rowName: (row) => tileOf(row, columns[0])?.rowNames?.[row % tileRows],
  }
}

function tilesOf([from, to]: Span, size: number): number[] {
  return to <= from ? [] : numbersFrom(Math.floor(from / size), Math.floor((to - 1) / size) + 1)
}

function numbersFrom(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
}
