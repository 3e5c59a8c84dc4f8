import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type {
  CountedTerm,
  FilterScope,
  FilterTerm,
  SavedFilter,
  StoredFilters,
} from '../../shared/api/filters.ts'
import { address, callJson, type CallOptions } from './request.ts'

/** Filters saved for a store and for all, and those that were used last. */
export function filtersQuery(store: string) {
  return queryOptions({
    queryKey: ['filters', store],
    queryFn: ({ signal }) => callJson<StoredFilters>(address(['stores', store, 'filters']), { signal }),
    // The command line and other windows save filters too.
    staleTime: 0,
  })
}

/** The terms of a filter that must all hold. */
export function termsQuery(store: string, query: string) {
  return queryOptions({
    queryKey: ['terms', query],
    queryFn: ({ signal }) =>
      callJson<FilterTerm[]>(address(['stores', store, 'terms'], { q: query }), { signal }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  })
}

/** The same with what they find, each by itself and all others together. */
export function termCountsQuery(store: string, query: string, revision: number) {
  return queryOptions({
    queryKey: ['terms', store, query, revision],
    queryFn: ({ signal }) =>
      callJson<CountedTerm[]>(address(['stores', store, 'terms', 'counts'], { q: query }), { signal }),
    retry: false,
    gcTime: 60_000,
  })
}

export type FiltersChange =
  | { readonly do: 'save'; readonly filter: SavedFilter }
  | { readonly do: 'rename'; readonly name: string; readonly scope: FilterScope; readonly to: string }
  | { readonly do: 'remove'; readonly name: string; readonly scope: FilterScope }
  | { readonly do: 'use'; readonly query: string }
  | { readonly do: 'forgetUsed' }

/** Changes what is kept; every answer is the whole of it. */
export function useFiltersChange(store: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: FiltersChange) => {
      const [path, options] = requestOf(store, change)
      return callJson<StoredFilters>(path, options)
    },
    onSuccess: (after) => client.setQueryData(filtersQuery(store).queryKey, after),
  })
}

function requestOf(store: string, change: FiltersChange): [path: string, options: CallOptions] {
  const segments = ['stores', store, 'filters']
  switch (change.do) {
    case 'save':
      return [address(segments), { method: 'POST', body: change.filter }]
    case 'rename': {
      const { name, scope, to } = change
      return [address([...segments, 'rename']), { method: 'POST', body: { name, scope, to } }]
    }
    case 'remove':
      return [address(segments, { name: change.name, scope: change.scope }), { method: 'DELETE' }]
    case 'use':
      return [address([...segments, 'used']), { method: 'POST', body: { query: change.query } }]
    case 'forgetUsed':
      return [address([...segments, 'used']), { method: 'DELETE' }]
  }
}
