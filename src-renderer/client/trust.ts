import { queryOptions } from '@tanstack/react-query'
import type { StoreTrust, StoreTrustEvent } from '../../shared/api/trust.ts'
import { linesOf } from './lines.ts'
import { address, ApiError, request } from './request.ts'

export type TrustProgress = Extract<StoreTrustEvent, { type: 'progress' }>

const minutes = 60_000

/** A report, and the revision of the cache when it was begun. */
interface TrustAnswer {
  readonly trust: StoreTrust
  readonly revision: number
}

/**
 * What loading the entries that a filter finds would do. They are read as long as somebody waits for it.
 * `revision`: that of the cache now. A later one is no other question: beside a writer the reading would never
 * come to its end.
 */
export function storeTrustQuery(store: string, query: string, revision: number) {
  return queryOptions({
    queryKey: ['storeTrust', store, query],
    queryFn: async ({ signal, client }): Promise<TrustAnswer> => {
      const { queryKey } = trustProgressQuery(store, query)
      client.setQueryData(queryKey, null)
      const response = await request(address(['stores', store, 'trust'], { q: query }), { signal })
      for await (const event of linesOf<StoreTrustEvent>(response)) {
        if (event.type === 'end') return { trust: event.trust, revision }
        if (event.type === 'error') throw new ApiError(200, event)
        client.setQueryData(queryKey, event)
      }
      throw new Error('The engine ended the reading before it was done; try again.')
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 10 * minutes,
    retry: false,
  })
}

/** How far that is; filled by it. */
export function trustProgressQuery(store: string, query: string) {
  return queryOptions<TrustProgress | null>({
    queryKey: ['storeTrustProgress', store, query],
    queryFn: () => null,
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
}
