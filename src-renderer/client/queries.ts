import { queryOptions, type QueryClient } from '@tanstack/react-query'
import type {
  App,
  ArgumentColumn,
  ArrayStatistics,
  ArrayWindow,
  Connection,
  ConnectionList,
  EntryDetail,
  Folder,
  Ranges,
  RowPage,
  Sample,
  SearchRequest,
  SearchResult,
  SelectionTotals,
  StoreSummary,
  TreePage,
  TrustReport,
} from '../../shared/api/contract.ts'
import type { Detected } from '../../shared/api/locations.ts'
import { newestOf, withNews, type ToldList } from './newest.ts'
import { address, callJson, request } from './request.ts'

/**
 * Every read of the engine, as one query each. Keys begin with the API call's
 * name; what depends on a store's content has the revision in its key, so a
 * changed store is read again and never shown stale.
 */

/** Rows of one page of a result. */
export const rowsPerPage = 200
/** Children of one page of a value tree. */
export const childrenPerPage = 100

const minutes = 60_000

export const appQuery = queryOptions({
  queryKey: ['app'],
  queryFn: ({ signal }) => callJson<App>('app', { signal }),
})

/** Filled by the event stream; the request is for the time before its first event. */
export const storesQuery = queryOptions({
  queryKey: ['stores'],
  queryFn: async ({ signal, client }): Promise<ToldList<Connection>> => {
    const answer = await callJson<ConnectionList>('stores', { signal })
    // The news that overtook the answer stay.
    return newestOf<Connection>(client.getQueryData(['stores']), answer)
  },
  staleTime: Number.POSITIVE_INFINITY,
})

export function folderQuery(path: string) {
  return queryOptions({
    queryKey: ['files', path],
    queryFn: ({ signal }) => callJson<Folder>(address(['files'], { path }), { signal }),
    retry: false,
    gcTime: 0,
  })
}

export function detectQuery(location: string) {
  return queryOptions({
    queryKey: ['detect', location],
    queryFn: ({ signal }) => callJson<Detected[]>('detect', { method: 'POST', body: { location }, signal }),
    enabled: location !== '',
    retry: false,
    gcTime: 0,
  })
}

export function summaryQuery(store: string, revision: number) {
  return queryOptions({
    queryKey: ['summary', store, revision],
    queryFn: ({ signal }) => callJson<StoreSummary>(address(['stores', store, 'summary']), { signal }),
    placeholderData: (before, query) => (query?.queryKey[1] === store ? before : undefined),
  })
}

export function argumentsQuery(store: string, func: string, module: string, revision: number) {
  return queryOptions({
    queryKey: ['arguments', store, func, module, revision],
    queryFn: ({ signal }) =>
      callJson<ArgumentColumn[]>(address(['stores', store, 'arguments'], { func, module }), { signal }),
    placeholderData: (before, query) =>
      query?.queryKey[1] === store && query.queryKey[2] === func ? before : undefined,
  })
}

export function rowsQuery(result: string, page: number, args: readonly string[]) {
  return queryOptions({
    queryKey: ['rows', result, page, args],
    queryFn: ({ signal }) => {
      const parameters = {
        from: page * rowsPerPage,
        to: (page + 1) * rowsPerPage,
        args: args.length === 0 ? undefined : args.join(','),
      }
      return callJson<RowPage>(address(['results', result, 'rows'], parameters), { signal })
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: minutes,
  })
}

export function selectionQuery(result: string, ranges: Ranges) {
  return queryOptions({
    queryKey: ['selection', result, ranges],
    queryFn: ({ signal }) =>
      callJson<SelectionTotals>(address(['results', result, 'selection']), {
        method: 'POST',
        body: { ranges },
        signal,
      }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: minutes,
  })
}

export function entryQuery(store: string, key: string, revision: number) {
  return queryOptions({
    queryKey: ['entry', store, key, revision],
    queryFn: ({ signal }) => callJson<EntryDetail>(address(['stores', store, 'entries', key]), { signal }),
    placeholderData: (before, query) =>
      query?.queryKey[1] === store && query.queryKey[2] === key ? before : undefined,
    retry: false,
  })
}

/** Which value is meant: an entry as it was at a revision, and a path in it. */
export interface ValueAddress {
  readonly store: string
  readonly key: string
  readonly revision: number
  readonly path: string
}

/** A question about a value, as JSON. */
export function valueQuery<Answer>(
  name: string,
  value: ValueAddress,
  parameters: Record<string, string | number> = {},
) {
  const { store, key, revision, path } = value
  return queryOptions({
    queryKey: [name, store, key, revision, path, parameters],
    queryFn: ({ signal }) =>
      callJson<Answer>(address(['stores', store, 'entries', key, name], { path, ...parameters }), { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: minutes,
    retry: false,
  })
}

export function treeQuery(value: ValueAddress, page: number) {
  return valueQuery<TreePage>('tree', value, {
    from: page * childrenPerPage,
    to: (page + 1) * childrenPerPage,
  })
}

export interface WindowOfArray {
  readonly index: readonly number[]
  readonly rows: readonly [from: number, to: number]
  readonly columns: readonly [from: number, to: number]
}

export function arrayQuery(value: ValueAddress, window: WindowOfArray) {
  return valueQuery<ArrayWindow>('array', value, {
    index: window.index.join(','),
    rows: window.rows.join(':'),
    columns: window.columns.join(':'),
  })
}

export function statisticsQuery(value: ValueAddress) {
  return valueQuery<ArrayStatistics>('statistics', value)
}

/** Of the whole entry, whatever the path. */
export function trustQuery(value: ValueAddress) {
  return valueQuery<TrustReport>('trust', { ...value, path: '' })
}

export interface ValueText {
  readonly text: string
  /** The engine's limit cut it. */
  readonly isCut: boolean
}

export function textQuery(value: ValueAddress, as: 'json' | 'python') {
  const { store, key, revision, path } = value
  return queryOptions({
    queryKey: ['text', store, key, revision, path, as],
    queryFn: async ({ signal }): Promise<ValueText> => {
      const response = await request(address(['stores', store, 'entries', key, 'text'], { path, as }), {
        signal,
      })
      return { text: await response.text(), isCut: response.headers.get('x-truncated') === '1' }
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: minutes,
    retry: false,
  })
}

export function rawAddress(store: string, key: string): string {
  return `/api/${address(['stores', store, 'entries', key, 'raw'])}`
}

export function search(store: string, body: SearchRequest, signal: AbortSignal): Promise<SearchResult> {
  return callJson<SearchResult>(address(['stores', store, 'search']), { method: 'POST', body, signal })
}

/** Row of a key in a result, if it is in it. */
export async function findRow(result: string, key: string): Promise<number | undefined> {
  const answer = await callJson<{ row: number | null }>(address(['results', result, 'position'], { key }))
  return answer.row ?? undefined
}

export async function keysOf(result: string, ranges: Ranges, limit: number): Promise<string[]> {
  const body = { ranges, limit }
  const answer = await callJson<{ keys: string[] }>(address(['results', result, 'keys']), {
    method: 'POST',
    body,
  })
  return answer.keys
}

export function openStore(location: string, kind?: string): Promise<Connection> {
  return callJson<Connection>('stores', { method: 'POST', body: { location, kind } })
}

export function closeStore(store: string): Promise<ConnectionList> {
  return callJson<ConnectionList>(address(['stores', store]), { method: 'DELETE' })
}

export function refreshStore(store: string): Promise<Connection> {
  return callJson<Connection>(address(['stores', store, 'refresh']), { method: 'POST' })
}

export function cancelIndex(store: string): Promise<Connection> {
  return callJson<Connection>(address(['stores', store, 'index', 'cancel']), { method: 'POST' })
}

export function forgetRecent(location: string): Promise<App> {
  return callJson<App>(address(['recents'], { location }), { method: 'DELETE' })
}

/** Where the sample caches are; they are made by this. */
export function makeSamples(): Promise<Sample[]> {
  return callJson<Sample[]>('samples', { method: 'POST' })
}

/** Puts one connection's news into the list that everything reads. */
export function putConnection(client: QueryClient, connection: Connection): void {
  client.setQueryData(storesQuery.queryKey, (known) => withNews(known, connection))
}

/** The same with all connections that there are. */
export function putConnections(client: QueryClient, list: ConnectionList): void {
  client.setQueryData(storesQuery.queryKey, (known) => newestOf(known, list))
}
