import { queryOptions } from '@tanstack/react-query'
import type { Connection } from '../../shared/api/contract.ts'
import type {
  DatabaseInfo,
  DiscoverEvent,
  StoreKindInfo,
  TargetPlace,
  TestResult,
} from '../../shared/api/locations.ts'
import { linesOf } from './lines.ts'
import { ApiError, address, callJson, request } from './request.ts'

/** What the engine is asked about caches that are not open, and the lock of those that are. */

export const kindsQuery = queryOptions({
  queryKey: ['kinds'],
  queryFn: ({ signal }) => callJson<StoreKindInfo[]>('kinds', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** A cache as the user named it; passwords may be in it. */
export interface Target {
  readonly location: string
  readonly kind?: string
}

export function testLocation({ location, kind }: Target): Promise<TestResult> {
  return callJson<TestResult>('test', { method: 'POST', body: { location, kind } })
}

/** What stands where a cache is to be migrated to. `from`: the location of that cache. */
export function targetQuery(location: string, from: string) {
  return queryOptions({
    queryKey: ['target', location, from],
    queryFn: ({ signal }) =>
      callJson<TargetPlace>('target', { method: 'POST', body: { location, from }, signal }),
    enabled: location !== '',
    retry: false,
    gcTime: 0,
  })
}

export function databasesQuery({ location, kind }: Target, enabled: boolean) {
  return queryOptions({
    queryKey: ['databases', location, kind],
    queryFn: ({ signal }) =>
      callJson<DatabaseInfo[]>('databases', { method: 'POST', body: { location, kind }, signal }),
    enabled,
    retry: false,
    gcTime: 0,
  })
}

export function lockStore(store: string, writable: boolean): Promise<Connection> {
  return callJson<Connection>(address(['stores', store, 'lock']), { method: 'POST', body: { writable } })
}

/** Another user or password could help. */
export function needsPassword(error: Error | null): boolean {
  return error instanceof ApiError && error.data['needs'] === 'password'
}

/** The caches below a folder, as they are found. Leaving it, or the signal, ends the search. */
export async function* discover(folder: string, signal: AbortSignal): AsyncGenerator<DiscoverEvent> {
  yield* linesOf<DiscoverEvent>(await request('discover', { method: 'POST', body: { folder }, signal }))
}
