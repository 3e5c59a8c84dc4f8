import { queryOptions } from '@tanstack/react-query'
import type { Row } from '../../shared/api/contract.ts'
import type { PointFields, Points } from '../../shared/api/points.ts'
import { address, callJson } from './request.ts'

/** What is asked of the engine, as texts of the address. */
export type PointsQuestion = Readonly<Record<string, string | undefined>>

export function pointFieldsQuery(store: string, query: string, revision: number) {
  return queryOptions({
    queryKey: ['pointFields', store, query, revision],
    queryFn: ({ signal }) =>
      callJson<PointFields>(address(['stores', store, 'points', 'fields'], { q: query }), { signal }),
    placeholderData: (before, old) =>
      old?.queryKey[1] === store && old.queryKey[2] === query ? before : undefined,
    retry: false,
  })
}

export function pointsQuery(store: string, question: PointsQuestion | undefined, revision: number) {
  return queryOptions({
    queryKey: ['points', store, question, revision],
    queryFn: ({ signal }) =>
      callJson<Points>(address(['stores', store, 'points'], { ...question }), { signal }),
    // The axes of another window or colour are near enough to be looked at until the new ones come.
    placeholderData: (before, old) => (old?.queryKey[1] === store ? before : undefined),
    enabled: question !== undefined,
    retry: false,
  })
}

export function pointRowQuery(store: string, key: string | undefined, revision: number) {
  return queryOptions({
    queryKey: ['pointRow', store, key, revision],
    queryFn: ({ signal }) => callJson<Row>(address(['stores', store, 'points', 'row'], { key }), { signal }),
    enabled: key !== undefined,
    retry: false,
  })
}

export function pointsCsvAddress(store: string, question: PointsQuestion): string {
  return `/api/${address(['stores', store, 'points', 'csv'], { ...question })}`
}
