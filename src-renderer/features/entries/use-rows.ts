import { useQueries } from '@tanstack/react-query'
import type { Row } from '../../../shared/api/contract.ts'
import { rowsPerPage, rowsQuery } from '../../client/queries.ts'

export interface Rows {
  /** The row, or `undefined` while it is on its way. Never waits. */
  readonly at: (row: number) => Row | undefined
  readonly error: Error | undefined
  /** Rows that are here, from the first drawn page on. */
  readonly loaded: readonly Row[]
}

/** Pages that rows `[first, last)` stand on. */
export function pagesOf(first: number, last: number): number[] {
  if (last <= first) return []
  const firstPage = Math.floor(first / rowsPerPage)
  const lastPage = Math.floor((last - 1) / rowsPerPage)
  return Array.from({ length: lastPage - firstPage + 1 }, (_, i) => firstPage + i)
}

/** Brings the pages in view; a page that scrolls out of it before it came is cancelled. */
export function useRows(result: string, first: number, last: number, args: readonly string[]): Rows {
  const pages = pagesOf(first, last)
  const answers = useQueries({ queries: pages.map((page) => rowsQuery(result, page, args)) })
  const firstPage = pages[0] ?? 0
  return {
    at: (row) => answers[Math.floor(row / rowsPerPage) - firstPage]?.data?.rows[row % rowsPerPage],
    error: answers.find((answer) => answer.error !== null)?.error ?? undefined,
    loaded: answers.flatMap((answer) => answer.data?.rows ?? []),
  }
}
