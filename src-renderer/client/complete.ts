import { queryOptions } from '@tanstack/react-query'
import type { Completion } from '../../shared/api/complete.ts'
import { address, callJson } from './request.ts'

/** A completion with the text and the caret that it was made for. */
export interface CompletionOf {
  readonly text: string
  readonly caret: number
  readonly completion: Completion
}

/** What could stand at the caret; a list that is overtaken by the next key is not waited for. */
export function completionQuery(store: string, text: string, caret: number, revision: number) {
  return queryOptions({
    queryKey: ['complete', store, text, caret, revision],
    queryFn: async ({ signal }): Promise<CompletionOf> => {
      const path = address(['stores', store, 'complete'], { q: text, at: caret })
      return { text, caret, completion: await callJson<Completion>(path, { signal }) }
    },
    placeholderData: (before, query) => (query?.queryKey[1] === store ? before : undefined),
    retry: false,
    gcTime: 60_000,
  })
}
