import { Menu } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useRef, type PointerEvent } from 'react'
import type { SortKey } from '../../../shared/api/contract.ts'
import { visibleText } from '../../ui/visible-text.ts'
import type { Column } from './columns.tsx'
import classes from './EntriesGrid.module.css'

const minimumWidthPx = 36
const maximumWidthPx = 1_200

export interface GridHeaderProps {
  columns: readonly Column[]
  template: string
  minimumPx: number
  /** What the signs show: the order that is asked for. */
  sort: readonly SortKey[]
  /** The order that the rows have. */
  sorted: readonly SortKey[]
  columnsMenu: React.ReactNode
  onSort: (column: string, isAdded: boolean) => void
  onWidth: (column: string, width: number | undefined) => void
}

/** Titles that sort by a click (Shift adds a key) and are resized at their right edge. */
export function GridHeader({
  columns,
  template,
  minimumPx,
  sort,
  sorted,
  columnsMenu,
  onSort,
  onWidth,
}: GridHeaderProps) {
  return (
    <Menu position="bottom-start" closeOnItemClick={false}>
      <Menu.ContextMenu>
        <div
          role="rowgroup"
          className={classes.header}
          style={{ minWidth: minimumPx }}
          onContextMenu={(event) => event.stopPropagation()}
          onPointerDown={(event) => event.stopPropagation()}
        >
          <div
            role="row"
            aria-rowindex={1}
            className={classes.headerRow}
            style={{ gridTemplateColumns: template }}
          >
            {columns.map((column, i) => (
              <HeaderCell
                key={column.id}
                column={column}
                index={i}
                sort={sort}
                sorted={sorted}
                onSort={onSort}
              >
                {column.id === 'status' ? null : <ColumnEdge column={column} onWidth={onWidth} />}
              </HeaderCell>
            ))}
          </div>
        </div>
      </Menu.ContextMenu>
      <Menu.Dropdown>{columnsMenu}</Menu.Dropdown>
    </Menu>
  )
}

interface HeaderCellProps {
  column: Column
  index: number
  sort: readonly SortKey[]
  sorted: readonly SortKey[]
  onSort: (column: string, isAdded: boolean) => void
  children: React.ReactNode
}

function directionOf(key: SortKey | undefined): 'none' | 'ascending' | 'descending' {
  if (key === undefined) return 'none'
  return key.descending ? 'descending' : 'ascending'
}

function HeaderCell({ column, index, sort, sorted, onSort, children }: HeaderCellProps) {
  const place = sort.findIndex((key) => key.column === column.sort)
  const key = sort[place]
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid is one tab stop; the palette and the Columns menu sort by key
    <div
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={directionOf(sorted.find((each) => each.column === column.sort))}
      className={classes.headerCell}
      data-column={column.id}
      data-align={column.align}
      data-argument={column.isArgument}
      title={
        column.title === '' ? undefined : `${visibleText(column.title)}: click to sort, Shift-click to add`
      }
      onClick={(event) => column.sort !== undefined && onSort(column.sort, event.shiftKey)}
    >
      <span className={classes.headerTitle}>
        {column.title === '' ? <span className={classes.hiddenText}>Status</span> : visibleText(column.title)}
      </span>
      {key === undefined ? null : (
        <span className={classes.sortSign} aria-hidden>
          {key.descending ? (
            <IconChevronDown size={11} stroke={2.4} />
          ) : (
            <IconChevronUp size={11} stroke={2.4} />
          )}
          {sort.length > 1 ? place + 1 : null}
        </span>
      )}
      {children}
    </div>
  )
}

interface ColumnEdgeProps {
  column: Column
  onWidth: (column: string, width: number | undefined) => void
}

function ColumnEdge({ column, onWidth }: ColumnEdgeProps) {
  const drag = useRef<{ x: number; width: number } | undefined>(undefined)
  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    const cell = event.currentTarget.parentElement
    if (!cell || event.button !== 0) return
    drag.current = { x: event.clientX, width: cell.getBoundingClientRect().width }
    event.currentTarget.setPointerCapture(event.pointerId)
  }
  const onPointerMove = (event: PointerEvent): void => {
    if (!drag.current) return
    const width = drag.current.width + event.clientX - drag.current.x
    onWidth(column.id, Math.round(Math.max(minimumWidthPx, Math.min(maximumWidthPx, width))))
  }
  return (
    <span
      className={classes.edge}
      data-edge={column.id}
      aria-hidden
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => (drag.current = undefined)}
      onLostPointerCapture={() => (drag.current = undefined)}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={() => onWidth(column.id, undefined)}
    />
  )
}
