import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Connection, SearchResult } from '../../../shared/api/contract.ts'
import { search } from '../../client/queries.ts'

const typingPauseMs = 250

export interface FilterCheck {
  /** What the filter finds; of the text before while that of this one is on its way. */
  readonly found: SearchResult | undefined
  /** Why this very text is no filter. */
  readonly error: Error | undefined
}

/** What a filter finds in a cache, while it is typed: a plan of something else than was meant is seen before it is made. */
export function useFilterCheck(store: Connection, text: string): FilterCheck {
  const wanted = text.trim()
  const [asked] = useDebouncedValue(wanted, typingPauseMs)
  const { data, error } = useQuery({
    queryKey: ['filter-check', store.id, asked, store.revision],
    queryFn: ({ signal }) => search(store.id, { query: asked, sort: [] }, signal),
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
  })
  return { found: error ? undefined : data, error: asked === wanted ? (error ?? undefined) : undefined }
}
