import { queryOptions } from '@tanstack/react-query'
import type { InsideColumn } from '../../shared/api/inside.ts'
import { address, callJson } from './request.ts'

/** What there is inside the arguments and the outputs of a function. */
export function insideQuery(store: string, func: string, module: string, revision: number) {
  return queryOptions({
    queryKey: ['inside', store, func, module, revision],
    queryFn: ({ signal }) =>
      callJson<InsideColumn[]>(address(['stores', store, 'inside'], { func, module }), { signal }),
    placeholderData: (before, query) =>
      query?.queryKey[1] === store && query.queryKey[2] === func ? before : undefined,
  })
}
