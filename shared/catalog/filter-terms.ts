import type { Database } from 'better-sqlite3'
import type { CountedTerm } from '../api/filters.ts'
import type { Columns } from './columns.ts'
import { findMask } from './find.ts'
import type { Query } from './query/ast.ts'
import type { Filter } from './query/condition.ts'
import type { Term } from './query/parse.ts'

/** Counts are made for so many terms; what else a filter has must hold with each. */
export const termsCounted = 20

export interface TermSource {
  readonly database: Database
  readonly columns: Columns
  readonly compile: (query: Query) => Filter
}

/** What each term of a filter finds by itself, and what all others find together. */
export function countTerms(terms: readonly Term[], source: TermSource): CountedTerm[] {
  const { database, columns, compile } = source
  const maskOf = (query: Query): Uint8Array => findMask(compile(query), columns, database)
  const counted = terms.slice(0, termsCounted)
  const others = terms.slice(termsCounted)
  const masks = counted.map(({ query }) => maskOf(query))
  const rest =
    others.length === 0 ? undefined : maskOf({ kind: 'and', terms: others.map(({ query }) => query) })
  const alone = counted.map(() => 0)
  const without = counted.map(() => 0)
  for (const id of columns.idsByKey) {
    let missed = rest && rest[id] !== 1 ? 2 : 0
    let last = -1
    for (let i = 0; i < masks.length; i++) {
      if (masks[i]![id] === 1) alone[i]!++
      else {
        missed++
        last = i
      }
    }
    if (missed === 0) for (let i = 0; i < masks.length; i++) without[i]!++
    else if (missed === 1) without[last]!++
  }
  return counted.map(({ from, to }, i) => ({ from, to, entries: alone[i]!, without: without[i]! }))
}
