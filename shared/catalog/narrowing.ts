import type { Database } from 'better-sqlite3'
import type { Columns } from './columns.ts'
import { findMask } from './find.ts'
import type { Filter } from './query/condition.ts'
import { parseQuery } from './query/parse.ts'
import { printQuery } from './query/print.ts'
import type { RankColumn } from './ranks.ts'
import type { Strings } from './strings.ts'

/** What sums over a filter's entries are made of. `compile`: what a filter means now. */
export interface SumSource {
  readonly database: Database
  readonly strings: Strings
  readonly columns: Columns
  readonly nowSeconds: number
  readonly compile: (query: string) => Filter
}

/** A filter, its entries, and narrower filters made of it. */
export class Narrowing {
  /** The filter in its shortest text. */
  readonly filter: string
  /** Of the entries that the filter finds, ascending: passes over them read the columns from one end to the other. */
  readonly ids: Int32Array
  readonly #source: SumSource
  /** What clauses are put behind. */
  readonly #base: string

  constructor(query: string, source: SumSource) {
    this.#source = source
    const parsed = parseQuery(query)
    this.filter = printQuery(parsed)
    this.#base = parsed.kind === 'or' ? `(${this.filter})` : this.filter
    const mask = this.mask(query)
    this.ids = ascendingIds(mask, source.columns.keyRanks)
  }

  /** By id, of a filter on its own. */
  mask(query: string): Uint8Array {
    const { columns, database, compile } = this.#source
    return findMask(compile(query), columns, database)
  }

  /** The filter with a clause behind it. */
  and(clause: string): string {
    return [this.#base, clause].filter((text) => text !== '').join(' ')
  }

  /** Whether the filter with this clause is within the limits of a filter's length and words. */
  canAdd(clause: string): boolean {
    try {
      parseQuery(this.and(clause))
      return true
    } catch {
      return false
    }
  }
}

/** Ids of entries that a mask has. */
function ascendingIds(mask: Uint8Array, { ranks, count }: RankColumn): Int32Array {
  const ids = new Int32Array(count)
  let length = 0
  // A mask says nothing of ids that no entry has; those have no rank.
  for (let id = 0; id < ranks.length; id++) if (ranks[id]! < count && mask[id] === 1) ids[length++] = id
  return ids.slice(0, length)
}
