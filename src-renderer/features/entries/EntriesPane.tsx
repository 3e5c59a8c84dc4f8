import { Button } from '@mantine/core'
import { IconDatabase, IconFilterOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, type ReactNode, type RefObject } from 'react'
import type { Connection, FunctionSummary, Row, SelectionTotals } from '../../../shared/api/contract.ts'
import { ApiError } from '../../client/request.ts'
import { argumentsQuery } from '../../client/queries.ts'
import { insideQuery } from '../../client/inside.ts'
import { useDesk } from '../../app/desk.ts'
import { nextSort } from '../../app/place.ts'
import { formatBytes, formatCompute, formatCount, pathOfLocation } from '../../ui/format.ts'
import { EmptyState, ErrorState, Waiting } from '../../ui/States.tsx'
import { useStored } from '../../ui/use-stored.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { goTo, gridStart } from '../../virtual/focus.ts'
import { countSelected } from '../../virtual/selection.ts'
import { requiredValue } from '../filter/filter-text.ts'
import { FilterChips } from '../filter/FilterChips.tsx'
import { NothingFound } from '../filter/NothingFound.tsx'
import { useRecent } from '../filter/use-recent.ts'
import { FilterField } from '../filter/FilterField.tsx'
import {
  columnsFor,
  isColumnChoices,
  isShown,
  noChoices,
  type Column,
  type ColumnChoices,
} from './columns.tsx'
import { ColumnsButton, ColumnsMenu } from './ColumnsMenu.tsx'
import { EntriesGrid } from './EntriesGrid.tsx'
import classes from './EntriesPane.module.css'
import { RowMenu } from './RowMenu.tsx'
import { SelectionBar } from './SelectionBar.tsx'
import type { Entries, EntriesView } from './use-entries.ts'

export interface EntriesPaneProps {
  store: Connection
  entries: Entries
  totals: SelectionTotals | undefined
  functions: readonly FunctionSummary[] | undefined
  filterField: RefObject<HTMLInputElement | null>
  grid: RefObject<HTMLDivElement | null>
  /** `ref` of the grid's element, kept in `grid`. */
  attachGrid: (element: HTMLDivElement | null) => void
  onOpen: () => void
}

/** Filter, entries, and what is selected of them. */
export function EntriesPane(props: EntriesPaneProps) {
  const { store, entries, totals, filterField, grid, attachGrid, onOpen } = props
  const { place, navigate, zone, nowSeconds } = useDesk()
  const { view } = entries
  const { columns, shown, choices, setChoices } = useColumns(store, props.functions)
  useRecent(store.id, view && view.query === place.query && view.result.entries > 0 ? view.query : '')
  const context = useMemo(() => ({ nowSeconds, zone }), [nowSeconds, zone])
  const onQuery = useCallback((query: string) => navigate({ query }, 'replace'), [navigate])
  const onFocusEntry = useCallback((row: Row) => navigate({ entry: row.key }, 'replace'), [navigate])
  const onSort = (column: string, isAdded: boolean): void =>
    navigate({ sort: nextSort(place.sort, column, isAdded) }, 'replace')
  const onWidth = (column: string, width: number | undefined): void => {
    const { [column]: _old, ...widths } = choices.widths
    setChoices({ ...choices, widths: width === undefined ? widths : { ...widths, [column]: width } })
  }
  const focusGrid = (): void => {
    grid.current?.focus()
    if (!view || view.grid.row >= 0 || view.result.entries === 0) return
    entries.setGrid(goTo(gridStart, 0))
    const row = entries.focusedRow(0)
    if (row) onFocusEntry(row)
  }
  const rowMenu = (row: Row | undefined, column: Column | undefined): ReactNode => (
    <RowMenu view={view} row={row} column={column} onOpen={onOpen} />
  )
  const columnsMenu = <ColumnsMenu columns={columns} choices={choices} onChoices={setChoices} />

  return (
    <>
      <div className={classes.query} data-region>
        <FilterField
          store={store}
          query={place.query}
          error={filterError(entries.error)}
          field={filterField}
          onQuery={onQuery}
          onLeave={focusGrid}
        />
        <CountSummary view={view} store={store} isSearching={entries.isSearching} />
        <ColumnsButton>{columnsMenu}</ColumnsButton>
      </div>
      {view && view.query === place.query && view.query.trim() !== '' && !entries.error ? (
        <FilterChips store={store} query={view.query} onQuery={(query) => navigate({ query })} />
      ) : null}
      <div className={classes.body} data-region>
        <EntriesBody {...props} onQuery={(query) => navigate({ query })}>
          {(present) => (
            <EntriesGrid
              view={present}
              onScreen={entries.noteScreen}
              columns={shown}
              widths={choices.widths}
              context={context}
              sort={place.sort}
              isBusy={entries.isSearching}
              attach={attachGrid}
              rowMenu={rowMenu}
              columnsMenu={columnsMenu}
              onGrid={entries.setGrid}
              onFocusEntry={onFocusEntry}
              onOpen={onOpen}
              onSort={onSort}
              onWidth={onWidth}
              onResultGone={entries.searchAgain}
            />
          )}
        </EntriesBody>
      </div>
      {view && countSelected(view.grid.selection) > 1 ? (
        <SelectionBar view={view} totals={totals} isOutdated={entries.isOutdated} onClear={entries.catchUp} />
      ) : null}
    </>
  )
}

function filterError(error: Error | null): Error | null {
  return error instanceof ApiError && error.code === 'BAD_QUERY' ? error : null
}

/** The function that the filter leaves, if it leaves one. */
function onlyFunction(functions: readonly FunctionSummary[], query: string): FunctionSummary | undefined {
  if (functions.length === 1) return functions[0]
  const module = requiredValue(query, 'module')
  const func = requiredValue(query, 'func')
  const left = functions.filter(
    (each) => each.func === func && (module === undefined || each.module === module),
  )
  return left.length === 1 ? left[0] : undefined
}

/** Arguments become columns when the filter leaves one function. */
function useColumns(store: Connection, functions: readonly FunctionSummary[] | undefined) {
  const { place } = useDesk()
  const func = onlyFunction(functions ?? [], place.query)
  const args = useQuery({
    ...argumentsQuery(store.id, func?.func ?? '', func?.module ?? '', store.revision),
    enabled: func !== undefined,
  }).data
  const inside = useQuery({
    ...insideQuery(store.id, func?.func ?? '', func?.module ?? '', store.revision),
    enabled: func !== undefined,
  }).data
  const columns = useMemo(
    () => (func === undefined ? columnsFor(undefined) : columnsFor(args, inside)),
    [func, args, inside],
  )
  const [choices, setChoices] = useStored<ColumnChoices>(
    `columns:${store.location}`,
    noChoices,
    isColumnChoices,
  )
  const shown = useMemo(() => columns.filter((column) => isShown(column, choices)), [columns, choices])
  return { columns, shown, choices, setChoices }
}

interface CountSummaryProps {
  view: EntriesView | undefined
  store: Connection
  isSearching: boolean
}

function CountSummary({ view, store, isSearching }: CountSummaryProps) {
  if (!view) return null
  const { entries, bytes, computeSeconds } = view.result
  const isAll = view.query === ''
  return (
    <span className={classes.count} data-busy={isSearching || undefined} aria-live="polite">
      <b>{formatCount(entries)}</b>
      {isAll
        ? entries === 1
          ? ' entry'
          : ' entries'
        : ` of ${formatCount(Math.max(entries, store.entries))}`}{' '}
      · {formatBytes(bytes)} · {formatCompute(computeSeconds)}
    </span>
  )
}

interface EntriesBodyProps extends EntriesPaneProps {
  onQuery: (query: string) => void
  children: (view: EntriesView) => ReactNode
}

/** The grid, or why there is none. */
function EntriesBody({ store, entries, onQuery, children }: EntriesBodyProps) {
  const { run } = useDesk()
  const { view, error } = entries
  if (store.state === 'failed') {
    const failure = new ApiError(
      0,
      store.error ?? { code: 'REFUSED', message: 'The cache could not be read.' },
    )
    return <ErrorState title="This cache cannot be read" error={failure} onRetry={() => run('refresh')} />
  }
  if (error && !view && filterError(error) === null) {
    return <ErrorState title="The entries cannot be listed" error={error} onRetry={entries.searchAgain} />
  }
  if (!view && error) {
    return (
      <EmptyState
        icon={<IconFilterOff size={28} stroke={1.5} />}
        title="The filter cannot be read"
        actions={<Button onClick={() => onQuery('')}>Clear the filter</Button>}
      >
        {visibleText(error.message)}
      </EmptyState>
    )
  }
  if (!view) return <Waiting what="Searching…" />
  if (view.result.entries > 0) return children(view)
  if (view.query.trim() !== '') return <NothingFound store={store} query={view.query} onQuery={onQuery} />
  if (store.state === 'indexing' || store.state === 'opening')
    return <Waiting what="Reading the first entries…" />
  return (
    <EmptyState
      icon={<IconDatabase size={28} stroke={1.5} />}
      title="This cache is empty"
      actions={<Button onClick={() => run('refresh')}>Look again</Button>}
    >
      <code>{visibleText(pathOfLocation(store.location))}</code> was read whole and holds no entry.
    </EmptyState>
  )
}
