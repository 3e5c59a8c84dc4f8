import type { Database } from 'better-sqlite3'
import type { ColumnSource } from './column-source.ts'
import type { FewValues } from './few-values.ts'
import { currentFewValues, readFewValues } from './few-values.ts'
import { argumentColumn, currentRanks, sortedPairs } from './ranked-column.ts'
import type { RankColumn } from './ranks.ts'
import { rankNumbers } from './ranks.ts'

const argumentsKept = 16
const numbersKept = 8
const isNumberSql = `typeof(value) IN ('integer', 'real')`

/** The names under which columns of an argument are kept: of few values as numbers of these, else as ranks. */
export const keptArgument = {
  few: (nameId: number): string => `few.${nameId}`,
  ranks: (nameId: number): string => `ranks.${nameId}`,
}

/** Values of arguments, and of what is inside arguments and outputs, at one revision. */
export class ArgumentRanks {
  readonly #database: Database
  readonly #source: ColumnSource
  readonly #fewValues = new Map<number, FewValues | undefined>()
  readonly #numbers = new Map<number, Float64Array>()

  constructor(database: Database, source: ColumnSource) {
    this.#database = database
    this.#source = source
  }

  isStored(nameId: number): boolean {
    return this.#pluck('SELECT 1 FROM arguments WHERE name = ? LIMIT 1', nameId).length > 0
  }

  /** What an argument with few different values is; `undefined` of others. */
  fewValues(nameId: number): FewValues | undefined {
    if (!this.#fewValues.has(nameId)) {
      if (this.#fewValues.size >= argumentsKept) this.#fewValues.clear()
      this.#fewValues.set(nameId, this.#readFewValues(nameId))
    }
    return this.#fewValues.get(nameId)
  }

  #readFewValues(nameId: number): FewValues | undefined {
    const [database, source, end] = [this.#database, this.#source, this.#source.idsEnd]
    if (source.kept.has(keptArgument.ranks(nameId))) return undefined
    const kept = source.readKept(keptArgument.few(nameId))
    const current = kept && currentFewValues(database, nameId, kept, end)
    return current ?? readFewValues(database, nameId, end)
  }

  ranks(nameId: number): RankColumn {
    const few = this.fewValues(nameId)
    if (few) return this.#ranksOfFew(nameId, few)
    const [column, end] = [argumentColumn(nameId), this.#source.idsEnd]
    const kept = this.#source.readKept(keptArgument.ranks(nameId))
    const current = kept && currentRanks(this.#database, column, kept, end)
    if (current) return current
    return this.#isAlwaysNumber(nameId)
      ? rankNumbers(this.numbers(nameId))
      : this.#source.ranksOf(sortedPairs(this.#database, column))
  }

  #ranksOfFew(nameId: number, { codes, count, codeOfExample }: FewValues): RankColumn {
    const rankOf = new Uint32Array(count + 1)
    let rankCount = 0
    for (const [entry, rank] of sortedPairs(this.#database, argumentColumn(nameId), [
      ...codeOfExample.keys(),
    ])) {
      rankOf[codeOfExample.get(entry)!] = rank
      if (rank >= rankCount) rankCount = rank + 1
    }
    rankOf[count] = rankCount
    return { ranks: codes.map((code) => rankOf[code]!), count: rankCount }
  }

  /** By id, where it is a number; NaN where it is none. */
  numbers(nameId: number): Float64Array {
    let numbers = this.#numbers.get(nameId)
    if (!numbers) {
      const rows = `FROM arguments WHERE name = ? AND ${isNumberSql}`
      const values = this.#pluck(`SELECT value ${rows}`, nameId) as number[]
      const entries = this.#pluck(`SELECT entry ${rows}`, nameId) as number[]
      numbers = new Float64Array(this.#source.idsEnd).fill(Number.NaN)
      for (let i = 0; i < values.length; i++) numbers[entries[i]!] = values[i]!
      this.#numbers.set(nameId, numbers)
      if (this.#numbers.size > numbersKept) this.#numbers.delete(this.#numbers.keys().next().value!)
    }
    return numbers
  }

  #isAlwaysNumber(nameId: number): boolean {
    const others = `SELECT 1 FROM arguments WHERE name = ? AND NOT ${isNumberSql} LIMIT 1`
    return this.#pluck(others, nameId).length === 0
  }

  #pluck(sql: string, nameId: number): unknown[] {
    return this.#database.prepare<[number]>(sql).pluck().all(nameId)
  }
}
