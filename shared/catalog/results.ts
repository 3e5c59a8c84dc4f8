import { randomUUID } from 'node:crypto'
import type { Ranges, SearchResult, SelectionTotals } from '../api/contract.ts'
import { AppError } from '../model/errors.ts'
import type { Columns } from './columns.ts'

/** A search's answer, kept on this side: the ids of all rows, in order. */
export interface ResultSet extends SearchResult {
  readonly ids: Int32Array
}

const resultSetsKept = 16

/** The last result sets that were used, by id. */
export class ResultSets {
  readonly #sets = new Map<string, ResultSet>()

  add(ids: Int32Array, columns: Columns): ResultSet {
    const all: Ranges = [[0, ids.length]]
    const result = {
      id: randomUUID(),
      ids,
      columns,
      revision: columns.revision,
      ...selectionTotals(ids, columns, all),
    }
    this.#sets.set(result.id, result)
    if (this.#sets.size > resultSetsKept) this.#sets.delete(this.#sets.keys().next().value!)
    return result
  }

  /** @throws AppError NOT_FOUND for a result that was dropped or never was. */
  get(id: string): ResultSet {
    const result = this.#sets.get(id)
    if (!result)
      throw new AppError('NOT_FOUND', `The search result ${id} is not kept any more; search again.`)
    this.#sets.delete(id)
    this.#sets.set(id, result)
    return result
  }

  has(id: string): boolean {
    return this.#sets.has(id)
  }
}

/** Sums over rows; an entry that is gone since the search counts as a row of nothing. */
export function selectionTotals(ids: Int32Array, columns: Columns, ranges: Ranges): SelectionTotals {
  const sizes = columns.numbers('size')
  const seconds = columns.numbers('elapsed')
  const totals = { entries: 0, bytes: 0, computeSeconds: 0 }
  for (const [from, to] of ranges) {
    const end = Math.min(to, ids.length)
    for (let row = from; row < end; row++) {
      const id = ids[row]!
      totals.entries++
      totals.bytes += sizes[id] || 0
      totals.computeSeconds += seconds[id] || 0
    }
  }
  return totals
}

/** The ids of the rows in the ranges, at most `limit`. */
export function idsInRanges(ids: Int32Array, ranges: Ranges, limit: number): Int32Array {
  const chosen: number[] = []
  for (const [from, to] of ranges) {
    for (let row = from; row < Math.min(to, ids.length) && chosen.length < limit; row++)
      chosen.push(ids[row]!)
  }
  return Int32Array.from(chosen)
}
