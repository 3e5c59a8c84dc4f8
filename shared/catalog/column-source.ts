import type { Database } from 'better-sqlite3'
import type { KeptColumn, KeptColumns } from './kept-columns.ts'
import { unpackNumbers, unpackWhole } from './packed.ts'
import type { NameColumn, NumberColumn } from './query/condition.ts'
import type { Digested, SortedColumn } from './ranked-column.ts'
import { currentRanks, digestColumn, keyColumn, sortedPairs } from './ranked-column.ts'
import type { RankColumn } from './ranks.ts'
import { rankNumbers } from './ranks.ts'
import { renewRanks } from './renewed-ranks.ts'

/** Names under which what is for comparing entries is kept. */
export const keptFlags = 'flags'
export function keptDigests(of: Digested): string {
  return `digests.${of}`
}

/**
 * Reads columns of one revision: those that are kept from one blob each, with the entries that changed since from
 * their rows; others from all rows. Arrays are by id, as long as `idsEnd`.
 */
export class ColumnSource {
  readonly kept: KeptColumns
  readonly #database: Database
  #ids: Int32Array | undefined
  #idsEnd: number | undefined

  constructor(database: Database, kept: KeptColumns) {
    this.#database = database
    this.kept = kept
  }

  /** One more than the highest id. */
  get idsEnd(): number {
    this.#idsEnd ??= ((this.#pluck('SELECT max(id) FROM entries')[0] ?? 0) as number) + 1
    return this.#idsEnd
  }

  readKept(name: string): KeptColumn | undefined {
    return this.kept.read(name)
  }

  /** Numbers of `strings`; 0 where an entry has none. */
  names(column: NameColumn): Uint32Array {
    const kept = this.readKept(column)
    const names = kept && unpackWhole(kept, this.idsEnd, 0)
    if (!names) return this.#filled(new Uint32Array(this.idsEnd), this.#values(column), 0)
    for (const [id, name] of this.#changedValues(kept, column)) names[id] = name ?? 0
    return names
  }

  /** NaN where an entry has none. */
  numbers(column: NumberColumn): Float64Array {
    const kept = this.readKept(column)
    const numbers = kept && unpackNumbers(kept, this.idsEnd)
    const none = Number.NaN
    if (!numbers) return this.#filled(new Float64Array(this.idsEnd).fill(none), this.#values(column), none)
    for (const [id, number] of this.#changedValues(kept, column)) numbers[id] = number ?? none
    return numbers
  }

  /** Bits of `insides.flags`. */
  flags(): Float64Array {
    const kept = this.readKept(keptFlags)
    const flags = kept && unpackNumbers(kept, this.idsEnd)
    if (!flags) return this.#insides('flags')
    for (const [id, bits] of this.#changedValues(kept, 'flags', 'insides')) flags[id] = bits ?? 0
    return flags
  }

  /** Equal digests have one rank. */
  digestRanks(of: Digested): RankColumn {
    const column = digestColumn(of)
    const kept = this.readKept(keptDigests(of))
    const current = kept && currentRanks(this.#database, column, kept, this.idsEnd)
    if (current) return current
    // Faster than sorting in SQLite; halves that are equal by chance are told apart by that.
    const ranked = rankNumbers(this.#insides(`${of}_a`))
    return isOnePerRank(ranked, this.#insides(`${of}_b`))
      ? ranked
      : this.ranksOf(sortedPairs(this.#database, column))
  }

  #insides(column: string): Float64Array {
    const ids = this.#pluck('SELECT id FROM insides ORDER BY id') as number[]
    const values = this.#pluck(`SELECT ${column} FROM insides ORDER BY id`) as (number | null)[]
    const numbers = new Float64Array(this.idsEnd).fill(Number.NaN)
    for (let i = 0; i < ids.length; i++) numbers[ids[i]!] = values[i] ?? Number.NaN
    return numbers
  }

  #filled<Numbers extends Uint32Array | Float64Array>(
    to: Numbers,
    values: readonly (number | null)[],
    none: number,
  ): Numbers {
    const ids = this.#allIds
    for (let i = 0; i < ids.length; i++) to[ids[i]!] = values[i] ?? none
    return to
  }

  #values(column: string): (number | null)[] {
    return this.#pluck(`SELECT ${column} FROM entries ORDER BY id`) as (number | null)[]
  }

  /** Of an entry that is gone no number is left; ids that no array has a place for are left out. */
  #changedValues(
    kept: KeptColumn,
    column: string,
    table: 'entries' | 'insides' = 'entries',
  ): Map<number, number | null> {
    const changed = kept.changed.filter((id) => id < this.idsEnd)
    const values = new Map<number, number | null>(changed.map((id) => [id, null]))
    if (changed.length === 0) return values
    const pairs = this.#database
      .prepare<[string], [number, number | null]>(
        `SELECT id, ${column} FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`,
      )
      .raw()
    for (const [id, value] of pairs.iterate(JSON.stringify(changed))) values.set(id, value)
    return values
  }

  /** Ranks of numbers, which are kept under a name of their own. */
  numberRanks(name: string, numbers: Float64Array): RankColumn {
    const kept = this.readKept(name)
    const ranks = kept && unpackWhole(kept, this.idsEnd, kept.count)
    if (!ranks) return rankNumbers(numbers)
    const compare = (id: number, other: number): number => numbers[id]! - numbers[other]!
    const isPresent = (id: number): boolean => id < this.idsEnd && !Number.isNaN(numbers[id]!)
    const present = kept.changed.filter(isPresent).toSorted(compare)
    let place = 0
    const sorted = present.map((id, i): [number, number] => {
      if (i > 0 && numbers[id] !== numbers[present[i - 1]!]) place++
      return [id, place]
    })
    return renewRanks({ ranks, count: kept.count }, { changed: kept.changed, sorted, compare })
  }

  keyRanks(): RankColumn {
    const kept = this.readKept('key')
    const current = kept && currentRanks(this.#database, keyColumn, kept, this.idsEnd)
    if (current) return current
    const ids = this.#pluck('SELECT id FROM entries ORDER BY key') as number[]
    const ranks = new Uint32Array(this.idsEnd).fill(ids.length)
    for (let place = 0; place < ids.length; place++) ranks[ids[place]!] = place
    return { ranks, count: ids.length }
  }

  /** Ranks of a column that is kept under a name. */
  ranks(name: string, column: SortedColumn): RankColumn {
    const kept = this.readKept(name)
    const current = kept && currentRanks(this.#database, column, kept, this.idsEnd)
    return current ?? this.ranksOf(sortedPairs(this.#database, column))
  }

  ranksOf(pairs: readonly (readonly [id: number, rank: number])[]): RankColumn {
    let count = 0
    for (const [, rank] of pairs) if (rank >= count) count = rank + 1
    const ranks = new Uint32Array(this.idsEnd).fill(count)
    for (const [id, rank] of pairs) ranks[id] = rank
    return { ranks, count }
  }

  get #allIds(): Int32Array {
    this.#ids ??= Int32Array.from(this.#pluck('SELECT id FROM entries ORDER BY id') as number[])
    return this.#ids
  }

  #pluck(sql: string): unknown[] {
    return this.#database.prepare<[]>(sql).pluck().all()
  }
}

/** Whether all entries of a rank have one number. */
function isOnePerRank({ ranks, count }: RankColumn, numbers: Float64Array): boolean {
  const numberOf = new Float64Array(count).fill(Number.NaN)
  for (let id = 0; id < ranks.length; id++) {
    const rank = ranks[id]!
    if (rank === count) continue
    if (Number.isNaN(numberOf[rank]!)) numberOf[rank] = numbers[id]!
    else if (numberOf[rank] !== numbers[id]) return false
  }
  return true
}
