import { Menu } from '@mantine/core'
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
} from 'react'
import type { Row, SortKey } from '../../../shared/api/contract.ts'
import { ApiError } from '../../client/request.ts'
import { copyText } from '../../ui/clipboard.ts'
import { isMac } from '../../ui/platform.ts'
import { pressKey, pressPointer, type GridState } from '../../virtual/focus.ts'
import { isSelected } from '../../virtual/selection.ts'
import { useWindow } from '../../virtual/use-window.ts'
import { typicalWidthPx, type CellContext, type Column } from './columns.tsx'
import classes from './EntriesGrid.module.css'
import { GridHeader } from './GridHeader.tsx'
import { cellId, GridRow } from './GridRow.tsx'
import type { EntriesView, OnScreen } from './use-entries.ts'
import { pagesOf, useRows } from './use-rows.ts'

const rowHeight = 24
const headerHeight = 27

export interface EntriesGridProps {
  view: EntriesView
  onScreen: (now: OnScreen) => void
  columns: readonly Column[]
  widths: Readonly<Record<string, number>>
  context: CellContext
  /** The order that is asked for; the rows have that of the view until it is here. */
  sort: readonly SortKey[]
  isBusy: boolean
  /** `ref` of the grid's element. */
  attach: (element: HTMLDivElement | null) => void
  rowMenu: (focused: Row | undefined, column: Column | undefined) => React.ReactNode
  columnsMenu: React.ReactNode
  onGrid: (grid: GridState) => void
  /** The user came to an entry and its row is here. */
  onFocusEntry: (row: Row) => void
  /** Enter, or a double click. */
  onOpen: () => void
  onSort: (column: string, isAdded: boolean) => void
  /** Pixels, or `undefined` for as wide as the content. */
  onWidth: (column: string, width: number | undefined) => void
  /** The engine no longer has this result. */
  onResultGone: () => void
}

/** A million entries in 24-pixel rows: a WAI-ARIA grid of which only the rows in view exist. */
export function EntriesGrid(props: EntriesGridProps) {
  const { view, columns, context, onScreen } = props
  const { result, grid } = view
  const argNames = useMemo(
    () => columns.map(({ asks }) => asks).filter((asks) => asks !== undefined),
    [columns],
  )
  const frame = useWindow<HTMLDivElement>({ rows: result.entries, rowHeight, headerHeight })
  const rows = useRows(result.id, frame.first, frame.last, argNames)
  const { template, minimumPx } = useTemplate(props, rows.loaded)

  useLayoutEffect(() => {
    onScreen({ topRow: frame.topRow, pages: pagesOf(frame.first, frame.last), args: argNames })
  }, [onScreen, frame.topRow, frame.first, frame.last, argNames])
  const attach = useBoth(frame.attach, props.attach)
  useJump(view, frame)
  useGone(rows.error, result.id, props.onResultGone)
  const move = useMove(props, rows.at, frame.scrollToRow)

  const events = gridEvents(props, { at: rows.at, pageRows: frame.pageRows, move })
  const drawn = Array.from({ length: frame.last - frame.first }, (_, i) => frame.first + i)
  const isFocusDrawn = grid.row >= frame.first && grid.row < frame.last
  return (
    <Menu width={250} position="bottom-start">
      <Menu.ContextMenu>
        <div
          ref={attach}
          className={classes.grid}
          role="grid"
          aria-label="Entries"
          aria-rowcount={result.entries + 1}
          aria-colcount={columns.length}
          aria-multiselectable
          aria-busy={props.isBusy}
          aria-activedescendant={isFocusDrawn ? cellId(grid.row, grid.column) : undefined}
          tabIndex={0}
          onScroll={frame.onScroll}
          {...events}
        >
          <GridHeader {...props} sorted={view.sort} template={template} minimumPx={minimumPx} />
          <div
            role="rowgroup"
            className={classes.canvas}
            style={{ height: frame.canvasHeight, minWidth: minimumPx }}
          >
            <div
              role="presentation"
              className={classes.window}
              style={{ transform: `translateY(${frame.offset}px)` }}
            >
              {drawn.map((row) => (
                <GridRow
                  key={row}
                  index={row}
                  row={rows.at(row)}
                  columns={columns}
                  template={template}
                  context={context}
                  isSelected={isSelected(grid.selection, row)}
                  focusedColumn={row === grid.row ? grid.column : -1}
                />
              ))}
            </div>
          </div>
        </div>
      </Menu.ContextMenu>
      <Menu.Dropdown>{props.rowMenu(rows.at(grid.row), columns[grid.column])}</Menu.Dropdown>
    </Menu>
  )
}

/** One `ref` for two who want the element. */
function useBoth<E>(first: (element: E | null) => void, second: (element: E | null) => void) {
  return useCallback(
    (element: E | null) => {
      first(element)
      second(element)
    },
    [first, second],
  )
}

function columnAt(target: EventTarget): number {
  const cell = target instanceof Element ? target.closest('[role="gridcell"]') : null
  return Math.max(0, Number(cell?.getAttribute('aria-colindex') ?? 1) - 1)
}

function rowAt(target: EventTarget): number | undefined {
  const row = target instanceof Element ? target.closest('[data-row]') : null
  return row ? Number(row.getAttribute('data-row')) : undefined
}

interface GridMoves {
  at: (row: number) => Row | undefined
  pageRows: number
  move: (grid: GridState) => void
}

/** Keys and pointer of the grid, as the reducers of `virtual/focus.ts` understand them. */
function gridEvents(
  { view, columns, context, onOpen, onGrid }: EntriesGridProps,
  { at, pageRows, move }: GridMoves,
) {
  const { grid, result } = view
  const onPointerDown = (event: PointerEvent): void => {
    const row = rowAt(event.target)
    if (row === undefined || event.button > 2) return
    const isMenu = event.button === 2 || (isMac && event.ctrlKey)
    if (isMenu && isSelected(grid.selection, row))
      // The menu is about the cell under the pointer, and the selection stays.
      return onGrid({ ...grid, row, column: columnAt(event.target) })
    const control = !isMenu && (isMac ? event.metaKey : event.ctrlKey)
    if (event.shiftKey) event.preventDefault()
    move(
      pressPointer(grid, { row, column: columnAt(event.target), shift: !isMenu && event.shiftKey, control }),
    )
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey) return
    const control = isMac ? event.metaKey : event.ctrlKey
    const isCopy = control && !event.shiftKey && event.key.toLowerCase() === 'c'
    if (event.key === 'Enter') onOpen()
    else if (isCopy) copyCell(at(grid.row), columns[grid.column], context)
    else {
      const size = { rows: result.entries, columns: columns.length, pageRows }
      const next = pressKey(grid, { key: event.key, shift: event.shiftKey, control }, size)
      if (!next) return
      move(next)
    }
    event.preventDefault()
  }
  const onDoubleClick = (event: MouseEvent): void => {
    if (rowAt(event.target) !== undefined) onOpen()
  }
  return { onPointerDown, onKeyDown, onDoubleClick }
}

function copyCell(row: Row | undefined, column: Column | undefined, context: CellContext): void {
  if (!row || !column) return
  void copyText(column.id === 'key' ? row.key : column.text(row, context))
}

/** `grid-template-columns` of every row: what the user set, else as wide as the first rows seen need. */
function useTemplate(
  { columns, widths, context, view }: EntriesGridProps,
  loaded: readonly Row[],
): { template: string; minimumPx: number } {
  const isLoaded = loaded.length > 0
  const [typical, setTypical] = useState<Readonly<Record<string, number>>>({})
  const measured = `${view.store} ${view.query} ${columns.map((column) => column.id).join(' ')} ${isLoaded}`
  const measuredFor = useRef('')
  useLayoutEffect(() => {
    if (!isLoaded || measuredFor.current === measured) return
    measuredFor.current = measured
    setTypical(
      Object.fromEntries(columns.map((column) => [column.id, typicalWidthPx(column, loaded, context)])),
    )
  }, [isLoaded, measured, columns, loaded, context])

  const tracks = columns.map((column): Track => {
    const width = widths[column.id]
    if (width !== undefined) return { minimumPx: width, track: `${width}px` }
    const minimumPx = column.share === undefined ? (typical[column.id] ?? column.minimumPx) : column.minimumPx
    const track = column.share === undefined ? `${minimumPx}px` : `minmax(${minimumPx}px, ${column.share}fr)`
    return { minimumPx, track }
  })
  return {
    template: tracks.map((each) => each.track).join(' '),
    minimumPx: tracks.reduce((sum, each) => sum + each.minimumPx, 0),
  }
}

interface Track {
  minimumPx: number
  track: string
}

interface Scrolling {
  isMeasured: boolean
  revealRow: (row: number) => void
  scrollTopTo: (row: number) => void
}

function useJump({ jump }: EntriesView, { isMeasured, revealRow, scrollTopTo }: Scrolling): void {
  useLayoutEffect(() => {
    if (!jump || !isMeasured) return
    if (jump.to === 'top') scrollTopTo(jump.row)
    else revealRow(jump.row)
  }, [jump, isMeasured, revealRow, scrollTopTo])
}

function useGone(error: Error | undefined, result: string, onGone: () => void): void {
  const told = useRef('')
  useEffect(() => {
    if (!(error instanceof ApiError) || error.code !== 'NOT_FOUND' || told.current === result) return
    told.current = result
    onGone()
  }, [error, result, onGone])
}

/** Moves the focus and scrolls to it; once the row is here, tells whose entry it is. */
function useMove(
  { view, onGrid, onFocusEntry }: EntriesGridProps,
  at: (row: number) => Row | undefined,
  scrollToRow: (row: number) => void,
): (grid: GridState) => void {
  const isOwed = useRef(false)
  const focused = at(view.grid.row)
  useEffect(() => {
    if (!isOwed.current || !focused) return
    isOwed.current = false
    onFocusEntry(focused)
  }, [focused, onFocusEntry])

  return (grid) => {
    if (grid.row !== view.grid.row) isOwed.current = true
    onGrid(grid)
    if (grid.row >= 0) scrollToRow(grid.row)
  }
}
