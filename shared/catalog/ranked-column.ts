import type { Database } from 'better-sqlite3'
import type { KeptColumn } from './kept-columns.ts'
import { unpackWhole } from './packed.ts'
import type { RankColumn } from './ranks.ts'
import { renewRanks } from './renewed-ranks.ts'

/** A column that SQLite sorts. `present` and `order` are pieces of SQL; in `order` `@` stands for the row. */
export interface SortedColumn {
  readonly table: 'entries' | 'texts' | 'insides' | 'arguments'
  readonly id: 'id' | 'entry'
  /** Which rows have a value. */
  readonly present: string
  readonly order: readonly string[]
}

export const keyColumn: SortedColumn = { table: 'entries', id: 'id', present: '1', order: ['@.key'] }

export function textColumn(name: 'call' | 'output' | 'problem'): SortedColumn {
  return { table: 'texts', id: 'id', present: `${name} IS NOT NULL`, order: [`@.${name} COLLATE NOCASE`] }
}

/** Digests, in two halves: equal ones have one rank. */
export function digestColumn(of: Digested): SortedColumn {
  return { table: 'insides', id: 'id', present: `${of}_a IS NOT NULL`, order: [`@.${of}_a`, `@.${of}_b`] }
}

/** What digests are of. */
export type Digested = 'call' | 'output'

/** Numbers before texts before the rest (tuples, arrays…), which go by their Python literal. */
export function argumentColumn(nameId: number): SortedColumn {
  return {
    table: 'arguments',
    id: 'entry',
    present: `name = ${nameId}`,
    order: [
      '@.value IS NULL',
      `ifnull(@.value, '') COLLATE NOCASE`,
      `iif(@.value IS NULL, @.preview, '') COLLATE NOCASE`,
    ],
  }
}

/** Ids with their places among the different values; if `among` names some entries only those, in that order. */
export function sortedPairs(
  database: Database,
  { table, id, present, order }: SortedColumn,
  among?: readonly number[],
): [id: number, place: number][] {
  const some = among === undefined ? '' : `AND ${id} IN (SELECT value FROM json_each(?)) ORDER BY place`
  const sql = `SELECT ${id}, dense_rank() OVER (ORDER BY ${order.join(', ').replaceAll('@', table)}) - 1 AS place
    FROM ${table} WHERE ${present} ${some}`
  return database
    .prepare<string[], [number, number]>(sql)
    .raw()
    .all(...(among === undefined ? [] : [JSON.stringify(among)]))
}

/** Ranks of now from kept ones and the rows of the entries that changed. */
export function currentRanks(
  database: Database,
  column: SortedColumn,
  kept: KeptColumn,
  idsEnd: number,
): RankColumn | undefined {
  const ranks = unpackWhole(kept, idsEnd, kept.count)
  if (!ranks) return undefined
  const { changed, count } = kept
  if (changed.length === 0) return { ranks, count }
  return renewRanks(
    { ranks, count },
    { changed, sorted: sortedPairs(database, column, changed), compare: comparison(database, column) },
  )
}

function comparison(
  database: Database,
  { table, id, present, order }: SortedColumn,
): (id: number, other: number) => number {
  const [a, b] = ['a', 'b'].map((row) => `(${order.join(', ').replaceAll('@', row)})`)
  const named = table === 'arguments' ? ['a', 'b'].map((row) => `AND ${row}.${present}`).join(' ') : ''
  const compare = database
    .prepare<[number, number], number>(
      `SELECT CASE WHEN ${a} < ${b} THEN -1 ELSE ${a} <> ${b} END
         FROM ${table} AS a, ${table} AS b WHERE a.${id} = ? AND b.${id} = ? ${named}`,
    )
    .pluck()
  return (one, other) => compare.get(one, other)!
}
