import { queryOptions, type QueryClient } from '@tanstack/react-query'
import type { TagAnswer, TagRequest } from '../../shared/api/tags.ts'
import { address, callJson } from './request.ts'

/** Entries by their keys, or rows of a result. */
export type TaggedEntries = Pick<TagRequest, 'keys' | 'result'>

export function tagsQuery(store: string, entries: TaggedEntries) {
  return queryOptions({
    queryKey: ['tags', store, entries],
    queryFn: ({ signal }) =>
      callJson<TagAnswer>(address(['stores', store, 'tags']), { method: 'POST', body: entries, signal }),
    retry: false,
    gcTime: 0,
  })
}

export function changeTags(store: string, request: TagRequest): Promise<TagAnswer> {
  return callJson<TagAnswer>(address(['stores', store, 'tags']), { method: 'POST', body: request })
}

/** What is asked of a cache with its tags, or with a filter that may ask for them. */
const tagged = ['tags', 'search', 'overview', 'pointFields', 'points', 'terms', 'complete']

/** Rows show tags, and filters ask for them. */
export async function forgetTagged(client: QueryClient, store: string): Promise<void> {
  await Promise.all([
    ...[...tagged.map((name) => [name, store]), ['rows']].map((queryKey) =>
      client.invalidateQueries({ queryKey }),
    ),
    client.invalidateQueries({
      queryKey: ['storeTrust', store],
      // Every entry is read for it: not for a tag that its filter does not ask for.
      predicate: ({ queryKey: [, , query] }) => typeof query === 'string' && /tag/i.test(query),
    }),
  ])
}
