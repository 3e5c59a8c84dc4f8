import { useQueries } from '@tanstack/react-query'
import { useEffect, useMemo, useState, type KeyboardEvent, type UIEvent } from 'react'
import type { TableColumn, TableHead } from '../../../shared/api/tables.ts'
import { columnsPerPage, columnsQuery } from '../../client/kinds.ts'
import type { ValueAddress } from '../../client/queries.ts'
import { formatCount } from '../../ui/format.ts'
import { pythonStringText } from '../../ui/python-string.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { useWindow } from '../../virtual/use-window.ts'
import arrayClasses from './ArrayView.module.css'
import { ColumnHead } from './ColumnHead.tsx'
import { columnPlaces, columnsWithin, columnWidth, type ColumnPlaces } from './column-places.ts'
import { shortCell } from './array-shape.ts'
import classes from './TableView.module.css'
import { numbersFrom, useTiles, type Span, type Tiles } from './use-tiles.ts'

const rowHeight = 22
const headHeight = 76
/** More columns would be wider than a browser draws. */
const mostColumns = 80_000
const positionPx = 62

export interface TableGridProps {
  readonly value: ValueAddress
  readonly head: TableHead
  /** The row to show; looked at once. */
  readonly row: number | undefined
  /** The column whose line is drawn. */
  readonly drawn: number | undefined
  /** Absent where columns are not drawn. */
  readonly onDraw?: (column: number) => void
}

/** Rows and columns of a table, windowed in both directions; Ctrl+Home and Ctrl+End go to the ends. */
export function TableGrid({ value, head, row, drawn, onDraw }: TableGridProps) {
  const count = Math.min(head.columns, mostColumns)
  const places = useMemo(() => columnPlaces(count, head.characters), [count, head.characters])
  const levels = useMemo(() => indexPlaces(head), [head])
  const { attach, canvasHeight, ...frame } = useWindow<HTMLDivElement>({
    rows: head.rows,
    rowHeight,
    headerHeight: headHeight,
  })
  const { scrollTopTo, isMeasured } = frame
  const [left, setLeft] = useState(0)
  const columns = columnsWithin(places, left, left + Math.max(1, frame.viewWidth - levels.width))
  const tiles = useTiles(
    { value, index: noIndex, rows: head.rows, columns: head.columns },
    [frame.first, frame.last],
    columns,
  )
  const summaries = useSummaries(value, columns)
  const width = levels.width + places.edges[count]!
  useEffect(() => {
    if (row !== undefined && isMeasured) scrollTopTo(row)
  }, [row, isMeasured, scrollTopTo])

  const onScroll = (event: UIEvent<HTMLDivElement>): void => {
    frame.onScroll(event)
    setLeft(event.currentTarget.scrollLeft)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const isControl = event.ctrlKey || event.metaKey
    if (event.key === 'End' && isControl) frame.scrollToRow(head.rows - 1)
    else if (event.key === 'Home' && isControl) frame.scrollTopTo(0)
    else return
    event.preventDefault()
  }
  return (
    <>
      <SampledNote summaries={summaries} />
      <div
        ref={attach}
        className={`${arrayClasses.table} ${classes.grid}`}
        role="table"
        aria-label="Rows"
        aria-busy={tiles.isWaiting}
        aria-rowcount={head.rows + 1}
        aria-colcount={head.columns + 1}
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        <div role="row" aria-rowindex={1} className={classes.heads} style={{ width, height: headHeight }}>
          <IndexHead head={head} levels={levels} />
          {numbersFrom(...columns).map((column) => (
            <ColumnHead
              key={column}
              column={column}
              summary={summaries.get(column)}
              style={placeOf(places, levels.width, column)}
              isDrawn={drawn === column}
              onDraw={onDraw && (() => onDraw(column))}
            />
          ))}
        </div>
        <div role="rowgroup" style={{ height: canvasHeight, width, position: 'relative' }}>
          <div
            role="presentation"
            className={arrayClasses.tableWindow}
            style={{ transform: `translateY(${frame.offset}px)`, width }}
          >
            {numbersFrom(frame.first, frame.last).map((at) => (
              <Row
                key={at}
                row={at}
                isWanted={at === row}
                {...{ columns, places, levels, tiles, summaries }}
              />
            ))}
          </div>
        </div>
      </div>
    </>
  )
}

const noIndex: readonly number[] = []

interface IndexPlaces {
  /** Left edge of each level. */
  readonly edges: readonly number[]
  readonly widths: readonly number[]
  readonly width: number
}

/** The index stands before the columns, one level beside the other; where there is none, the rows' numbers. */
function indexPlaces({ index }: TableHead): IndexPlaces {
  const widths = index.length === 0 ? [positionPx] : index.map(({ characters }) => columnWidth(characters))
  const edges: number[] = []
  let width = 0
  for (const one of widths) {
    edges.push(width)
    width += one
  }
  return { edges, widths, width }
}

function placeOf({ edges }: ColumnPlaces, before: number, column: number) {
  return {
    left: before + edges[column]!,
    width: edges[column + 1]! - edges[column]!,
    boxSizing: 'border-box',
  } as const
}

function useSummaries(value: ValueAddress, [first, last]: Span): ReadonlyMap<number, TableColumn> {
  const pages = last <= first ? [] : pagesOf(first, last)
  const answers = useQueries({ queries: pages.map((page) => columnsQuery(value, page)) })
  const found = new Map<number, TableColumn>()
  for (const { data } of answers)
    for (const [i, summary] of data?.summaries.entries() ?? []) found.set(data!.columns[0] + i, summary)
  return found
}

function pagesOf(first: number, last: number): number[] {
  return numbersFrom(Math.floor(first / columnsPerPage), Math.floor((last - 1) / columnsPerPage) + 1)
}

/** Says where the columns' figures are those of a sample. */
function SampledNote({ summaries }: { readonly summaries: ReadonlyMap<number, TableColumn> }) {
  const sampled = [...summaries.values()].filter(({ looked, rows }) => looked < rows)
  const [first] = sampled
  if (!first) return null
  const least = Math.min(...sampled.map(({ looked }) => looked))
  return (
    <div className={classes.sampled} role="status">
      {sampled.length === summaries.size ? 'Figures' : 'Some figures'} of the columns are of a sample: at
      least {formatCount(least)} of {formatCount(first.rows)} rows.
    </div>
  )
}

function IndexHead({ head, levels }: { readonly head: TableHead; readonly levels: IndexPlaces }) {
  return (
    <span role="columnheader" aria-colindex={1} className={classes.indexHead} style={{ width: levels.width }}>
      {head.index.map(({ name, dtype }, level) => (
        // oxlint-disable-next-line react/no-array-index-key -- a level is its number
        <span key={level} className={classes.level} style={{ width: levels.widths[level] }}>
          <b className={classes.name}>{name === 'None' ? 'index' : nameText(name)}</b>
          <span className={classes.type}>{visibleText(dtype)}</span>
        </span>
      ))}
    </span>
  )
}

interface RowProps {
  readonly row: number
  readonly isWanted: boolean
  readonly columns: Span
  readonly places: ColumnPlaces
  readonly levels: IndexPlaces
  readonly tiles: Tiles
  readonly summaries: ReadonlyMap<number, TableColumn>
}

function Row({ row, isWanted, columns, places, levels, tiles, summaries }: RowProps) {
  const names =
    tiles.rowOf(
      row,
      ({ rowLevels, rowNames }, at) => rowLevels?.[at] ?? (rowNames && [rowNames[at] ?? '']),
    ) ?? undefined
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      className={arrayClasses.tableRow}
      data-wanted={isWanted || undefined}
    >
      <span
        role="rowheader"
        aria-colindex={1}
        className={classes.index}
        style={{ width: levels.width }}
        title={`row ${formatCount(row)}`}
      >
        {levels.widths.map((width, level) => (
          // oxlint-disable-next-line react/no-array-index-key -- a level is its number
          <span key={level} className={classes.level} style={{ width }}>
            {names?.[level] === undefined ? row : nameText(names[level])}
          </span>
        ))}
      </span>
      {numbersFrom(...columns).map((column) => (
        <Cell
          key={column}
          column={column}
          text={tiles.text(row, column)}
          isOfWords={isOfWords(summaries.get(column))}
          style={placeOf(places, levels.width, column)}
        />
      ))}
    </div>
  )
}

/** A name that is a text needs no quotes. */
function nameText(literal: string): string {
  return visibleText(pythonStringText(literal) ?? literal)
}

interface CellProps {
  readonly column: number
  readonly text: string | undefined
  readonly isOfWords: boolean
  readonly style: ReturnType<typeof placeOf>
}

const gaps: ReadonlySet<string> = new Set(['nan', 'NaT', '<NA>', 'None'])

/** Texts and objects are read from the left. */
function isOfWords(summary: TableColumn | undefined): boolean {
  return summary !== undefined && !summary.numbers && !summary.isDrawable
}

function Cell({ column, text, isOfWords: isLeft, style }: CellProps) {
  return (
    <span
      role="cell"
      aria-colindex={column + 2}
      className={arrayClasses.tableCell}
      data-text={isLeft || text?.startsWith("'") || undefined}
      data-gap={(text !== undefined && gaps.has(text)) || undefined}
      style={style}
      title={text === undefined || text.length < 10 ? undefined : visibleText(text)}
    >
      {text === undefined ? (
        <span className={arrayClasses.tableWait}>·</span>
      ) : (
        visibleText(shortCell(pythonStringText(text) ?? text))
      )}
    </span>
  )
}
