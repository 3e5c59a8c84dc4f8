import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Connection, Row, SearchResult, SortKey } from '../../../shared/api/contract.ts'
import { findRow, rowsPerPage, rowsQuery, search } from '../../client/queries.ts'
import { goTo, gridStart, type GridState } from '../../virtual/focus.ts'
import { countSelected, noSelection, selectAll } from '../../virtual/selection.ts'
import { useLatest } from '../../ui/use-latest.ts'
import { useThrottled } from '../../ui/use-throttled.ts'

/** What the grid shows: one result of a search, and where the user is in it. */
export interface EntriesView {
  readonly store: string
  readonly query: string
  readonly sort: readonly SortKey[]
  readonly result: SearchResult
  readonly grid: GridState
  /** Where the grid is to scroll when it first draws this view. */
  readonly jump: Jump | undefined
}

export interface Jump {
  readonly row: number
  readonly to: 'top' | 'view'
}

/** What is on the screen, told by the grid: the next search brings the same rows with it. */
export interface OnScreen {
  readonly topRow: number
  readonly pages: readonly number[]
  readonly args: readonly string[]
}

const firstScreen: OnScreen = { topRow: 0, pages: [0], args: [] }

export interface Entries {
  readonly view: EntriesView | undefined
  readonly error: Error | null
  /** What is asked for is not shown yet: its result, or where the user is in it, is on its way. */
  readonly isSearching: boolean
  /** The store changed, but a selection of several rows holds the old result in place. */
  readonly isOutdated: boolean
  readonly noteScreen: (onScreen: OnScreen) => void
  readonly setGrid: (grid: GridState) => void
  /** Lets go of the selection and shows the store as it is now. */
  readonly catchUp: () => void
  readonly searchAgain: () => void
  /** A row of what is shown now, the focused one unless another is named, if it is here. For events, not for drawing. */
  readonly focusedRow: (index?: number) => Row | undefined
}

const revisionPaceMs = 1_000

export interface EntriesOptions {
  store: Connection
  query: string
  sort: readonly SortKey[]
  /** Key of the entry in the inspector, which keeps the focus when a new result comes. */
  entry: string | undefined
}

/** Searches whenever filter, order or store change, and carries focus, selection and scroll over. */
export function useEntries({ store, query, sort, entry }: EntriesOptions): Entries {
  const client = useQueryClient()
  const [view, setView] = useState<EntriesView>()
  const onScreen = useRef(firstScreen)
  const newestRevision = useThrottled(store.revision, revisionPaceMs)

  const shown = view?.store === store.id ? view : undefined
  const isSame = shown !== undefined && shown.query === query && sameSort(shown.sort, sort)
  const isHeld = isSame && holdsStill(shown)
  const revision = isHeld ? shown.result.revision : newestRevision

  const answer = useQuery({
    queryKey: ['search', store.id, query, sort, revision],
    queryFn: async ({ signal }) => {
      const result = await search(store.id, { query, sort: [...sort] }, signal)
      await prefetch(client, result, onScreen.current)
      return result
    },
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    enabled: !isHeld,
  })

  const latest = useLatest({ view: shown, entry })
  const result = answer.data
  useEffect(() => {
    if (!result || latest.current.view?.result.id === result.id) return
    const stop = new AbortController()
    const take = async (): Promise<void> => {
      const next = await carryOver(client, { store: store.id, query, sort, result }, latest, onScreen)
      // A selection that was made meanwhile holds the old result in place as well.
      const { view: now } = latest.current
      const isHeldNow = now?.query === query && sameSort(now.sort, sort) && holdsStill(now)
      if (!stop.signal.aborted && !isHeldNow) setView(next)
    }
    void take()
    return () => stop.abort()
  }, [client, result, store.id, query, sort, latest])

  const isTaken = result === undefined || isHeld || result.id === shown?.result.id

  const setGrid = useCallback(
    (grid: GridState) => setView((before) => before && { ...before, grid, jump: undefined }),
    [],
  )
  const catchUp = useCallback(
    () => setView((before) => before && { ...before, grid: { ...before.grid, selection: noSelection } }),
    [],
  )
  const searchAgain = useCallback(
    () => void client.invalidateQueries({ queryKey: ['search', store.id] }),
    [client, store.id],
  )
  const noteScreen = useCallback((now: OnScreen) => {
    onScreen.current = now
  }, [])
  const focusedRow = useCallback(
    (index?: number): Row | undefined => {
      const { view: now } = latest.current
      return now && cachedRow(client, now.result.id, index ?? now.grid.row, onScreen.current.args)
    },
    [client, latest],
  )

  return {
    view: shown,
    error: answer.error,
    isSearching: answer.isFetching || (!isTaken && answer.error === null),
    isOutdated: isHeld && store.revision > shown.result.revision,
    noteScreen,
    setGrid,
    catchUp,
    searchAgain,
    focusedRow,
  }
}

function sameSort(a: readonly SortKey[], b: readonly SortKey[]): boolean {
  return (
    a.length === b.length &&
    a.every((key, i) => key.column === b[i]?.column && key.descending === b[i].descending)
  )
}

/** A selection of several rows means those very entries; a new result would put others under it. */
function holdsStill({ grid, result }: EntriesView): boolean {
  const count = countSelected(grid.selection)
  return count > 1 && count < result.entries
}

async function prefetch(client: QueryClient, result: SearchResult, { pages, args }: OnScreen): Promise<void> {
  const last = Math.max(0, Math.ceil(result.entries / rowsPerPage) - 1)
  const wanted = new Set(pages.slice(0, 3).map((page) => Math.min(page, last)))
  await Promise.all([...wanted].map((page) => client.prefetchQuery(rowsQuery(result.id, page, args))))
}

function cachedRow(
  client: QueryClient,
  result: string,
  row: number,
  args: readonly string[],
): Row | undefined {
  if (row < 0) return undefined
  const page = client.getQueryData(rowsQuery(result, Math.floor(row / rowsPerPage), args).queryKey)
  return page?.rows[row % rowsPerPage]
}

type Request = Pick<EntriesView, 'store' | 'query' | 'sort' | 'result'>
type Latest = { readonly current: { view: EntriesView | undefined; entry: string | undefined } }

/** The new result with the user at the same entry, and the same rows on the screen if only the store changed. */
async function carryOver(
  client: QueryClient,
  next: Request,
  latest: Latest,
  screen: { readonly current: OnScreen },
): Promise<EntriesView> {
  const onScreen = screen.current
  const before = latest.current.view
  const isSame = before !== undefined && before.query === next.query && sameSort(before.sort, next.sort)
  const topKey =
    isSame && onScreen.topRow > 0
      ? cachedRow(client, before.result.id, onScreen.topRow, onScreen.args)?.key
      : undefined
  // Where the focus is counts, and not only what the inspector shows: a row that is not here yet has told no entry.
  const keyOfFocus = (): string | undefined => {
    const { view, entry } = latest.current
    const row =
      isSame && view ? cachedRow(client, view.result.id, view.grid.row, screen.current.args) : undefined
    return row?.key ?? entry
  }
  const [focused, topRow] = await Promise.all([
    rowOfFocus(next.result, keyOfFocus),
    rowOf(next.result, topKey),
  ])
  const now = latest.current.view?.grid ?? gridStart
  const isUnknown = isSame && now.row >= 0 && keyOfFocus() === undefined
  const place = isUnknown && next.result.entries > 0 ? Math.min(now.row, next.result.entries - 1) : focused
  const grid = gridAfter(now, before, next, place)
  if (isSame) return { ...next, grid, jump: topRow === undefined ? undefined : { row: topRow, to: 'top' } }
  return { ...next, grid, jump: focused === undefined ? { row: 0, to: 'top' } : { row: focused, to: 'view' } }
}

/** Row of the entry with the focus, asked again if the user went on to another one meanwhile. */
async function rowOfFocus(
  result: SearchResult,
  keyOfFocus: () => string | undefined,
): Promise<number | undefined> {
  for (;;) {
    const key = keyOfFocus()
    // oxlint-disable-next-line no-await-in-loop -- each try needs the outcome of the one before
    const row = await rowOf(result, key)
    if (keyOfFocus() === key) return row
  }
}

async function rowOf(result: SearchResult, key: string | undefined): Promise<number | undefined> {
  if (key === undefined) return undefined
  try {
    return await findRow(result.id, key)
  } catch {
    // The place is a nicety: without it the result is shown from the top.
    return undefined
  }
}

function gridAfter(
  grid: GridState,
  before: EntriesView | undefined,
  { query, result }: Request,
  focused: number | undefined,
): GridState {
  const isSame = before !== undefined && before.query === query
  const wasAll =
    isSame && before.result.entries > 1 && countSelected(grid.selection) === before.result.entries
  if (wasAll) return { ...grid, row: focused ?? -1, selection: selectAll(result.entries) }
  if (focused === undefined) return { ...gridStart, column: grid.column }
  return goTo(grid, focused)
}
