import { queryOptions } from '@tanstack/react-query'
import type { Why } from '../../shared/api/why.ts'
import { address, callJson } from './request.ts'

export function whyQuery(store: string, key: string, revision: number) {
  return queryOptions({
    queryKey: ['why', store, key, revision],
    queryFn: ({ signal }) => callJson<Why>(address(['stores', store, 'entries', key, 'why']), { signal }),
    placeholderData: (before, query) =>
      query?.queryKey[1] === store && query.queryKey[2] === key ? before : undefined,
    retry: false,
  })
}
