import { queryOptions } from '@tanstack/react-query'
import type {
  ArrayMap,
  ChangeSection,
  CompareRelation,
  CompareRequest,
  Comparison,
  ComparePage,
  EntryDifferences,
  TextPair,
  ToleranceAmounts,
} from '../../shared/api/compare.ts'
import { address, callJson } from './request.ts'

/** Changes and lines of one page. */
export const comparedPerPage = 200
const pollMs = 400
const minutes = 60_000

/** Two entries as they were at revisions of their caches. */
export interface EntryPair {
  readonly left: string
  readonly leftKey: string
  readonly right: string
  readonly rightKey: string
  readonly tolerance: ToleranceAmounts
  readonly revisions: string
}

export interface ChangesFilter {
  readonly find: string
  readonly sections: readonly ChangeSection[]
}

function pairParameters({ left, leftKey, right, rightKey, tolerance }: EntryPair) {
  return { left, leftKey, right, rightKey, ...tolerance }
}

export function differencesQuery(pair: EntryPair, { find, sections }: ChangesFilter, page: number) {
  const asked = {
    find,
    sections: sections.join(','),
    from: page * comparedPerPage,
    to: (page + 1) * comparedPerPage,
  }
  return queryOptions({
    queryKey: ['compare', pair, asked],
    queryFn: ({ signal }) =>
      callJson<EntryDifferences>(address(['compare', 'entries'], { ...pairParameters(pair), ...asked }), {
        signal,
      }),
    placeholderData: (before, query) =>
      JSON.stringify(query?.queryKey[1]) === JSON.stringify(pair) ? before : undefined,
    retry: false,
    gcTime: minutes,
  })
}

function ofChange<Answer>(name: 'map' | 'text', pair: EntryPair, change: number | undefined) {
  return queryOptions({
    queryKey: [`compare ${name}`, pair, change],
    queryFn: ({ signal }) =>
      callJson<Answer>(address(['compare', 'entries', name], { ...pairParameters(pair), change }), {
        signal,
      }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    gcTime: minutes,
  })
}

export function mapQuery(pair: EntryPair, change: number) {
  return ofChange<ArrayMap>('map', pair, change)
}

/** Of the whole values if no change is named. */
export function textPairQuery(pair: EntryPair, change: number | undefined) {
  return ofChange<TextPair>('text', pair, change)
}

/** Begins the comparison of two caches, or finds the one that is there, and follows it to its end. */
export function comparisonQuery(request: CompareRequest, revisions: string) {
  return queryOptions({
    queryKey: ['comparison', request, revisions],
    queryFn: ({ signal }) =>
      callJson<Comparison>('compare/stores', { method: 'POST', body: request, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    gcTime: 0,
  })
}

export function comparisonStateQuery(id: string) {
  return queryOptions({
    queryKey: ['comparison state', id],
    queryFn: ({ signal }) => callJson<Comparison>(address(['compare', 'stores', id]), { signal }),
    refetchInterval: ({ state }) =>
      state.data === undefined || state.data.state === 'running' ? pollMs : false,
    retry: false,
    gcTime: 0,
  })
}

export interface LinesFilter {
  readonly relations: readonly CompareRelation[]
  readonly query: string
}

/** `version`: changes while more is found. */
export function linesQuery(id: string, { relations, query }: LinesFilter, page: number, version: string) {
  const asked = {
    relations: relations.join(','),
    query,
    from: page * comparedPerPage,
    to: (page + 1) * comparedPerPage,
  }
  return queryOptions({
    queryKey: ['comparison lines', id, asked, version],
    queryFn: ({ signal }) =>
      callJson<ComparePage>(address(['compare', 'stores', id, 'lines'], asked), { signal }),
    placeholderData: (before) => before,
    retry: false,
    gcTime: minutes,
  })
}

/** Lines `[from, to)`, at most 1,000. */
export function readLines(id: string, relations: readonly CompareRelation[], from: number, to: number) {
  const asked = { relations: relations.join(','), from, to }
  return callJson<ComparePage>(address(['compare', 'stores', id, 'lines'], asked))
}

export function cancelComparison(id: string): Promise<Comparison> {
  return callJson<Comparison>(address(['compare', 'stores', id, 'cancel']), { method: 'POST' })
}
