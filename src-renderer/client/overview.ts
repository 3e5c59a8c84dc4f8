import { queryOptions } from '@tanstack/react-query'
import type { Overview } from '../../shared/api/overview.ts'
import { address, callJson } from './request.ts'

export function overviewQuery(store: string, query: string, revision: number) {
  return queryOptions({
    queryKey: ['overview', store, query, revision],
    queryFn: ({ signal }) =>
      callJson<Overview>(address(['stores', store, 'overview'], { q: query }), { signal }),
    placeholderData: (before, old) => (old?.queryKey[1] === store ? before : undefined),
    retry: false,
  })
}
