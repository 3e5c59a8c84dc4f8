import type { Database } from 'better-sqlite3'
import { AppError } from '../model/errors.ts'
import type { FewValues } from './few-values.ts'
import { readFewValues } from './few-values.ts'
import { storedNameIds } from './leaf-names.ts'
import type { NameColumn, NumberColumn } from './query/condition.ts'
import { compareTexts, compareVersions } from './query/text.ts'
import type { RankColumn } from './ranks.ts'
import { rankNumbers } from './ranks.ts'
import { Selections } from './selections.ts'
import { States } from './states.ts'
import type { Strings } from './strings.ts'

const rankColumnsKept = 8
const argumentsKept = 16
/** Numbers before texts before the rest (tuples, arrays…), which go by their Python literal. */
const argumentRanks = `SELECT entry, dense_rank() OVER
  (ORDER BY value IS NULL, value COLLATE NOCASE, iif(value IS NULL, preview, '') COLLATE NOCASE) - 1
  FROM arguments WHERE name = ?`

const numberColumns: Readonly<Record<string, NumberColumn>> = {
  sizeBytes: 'size',
  elapsedSeconds: 'elapsed',
  runAtSeconds: 'run_at',
  kind: 'kind',
  status: 'status',
}
const nameColumns: Readonly<Record<string, NameColumn>> = {
  func: 'func',
  module: 'module',
  user: 'user',
  host: 'host',
  cwd: 'cwd',
  version: 'version',
  outputType: 'output_type',
  shape: 'shape',
  dtype: 'dtype',
}
const textColumns: Readonly<Record<string, string>> = {
  call: 'call',
  outputPreview: 'output',
  problem: 'problem',
}

/**
 * Columns of one revision of the catalog in memory, each read when first asked for: what filtering, sorting and
 * summing a million rows in well under a second takes. 4 or 8 bytes a row for each, and 4 for each of the last
 * few sort columns. Arrays are by id, as long as `idsEnd`.
 */
export class Columns {
  readonly revision: number
  readonly #database: Database
  readonly #strings: Strings
  readonly #ranks = new Map<string, RankColumn>()
  readonly #names = new Map<NameColumn, Uint32Array>()
  readonly #numbers = new Map<NumberColumn, Float64Array>()
  readonly #fewValues = new Map<number, FewValues | undefined>()
  #states: States | undefined
  #selections: Selections | undefined
  #ids: Int32Array | undefined
  #idsByKey: Int32Array | undefined

  constructor(database: Database, strings: Strings, revision: number) {
    this.revision = revision
    this.#database = database
    this.#strings = strings
  }

  /** All ids in the order of their keys. */
  get idsByKey(): Int32Array {
    this.#idsByKey ??= Int32Array.from(this.#pluck('SELECT id FROM entries ORDER BY key') as number[])
    return this.#idsByKey
  }

  /** One more than the highest id. */
  get idsEnd(): number {
    return (this.#allIds.at(-1) ?? 0) + 1
  }

  /** Numbers of `strings`; 0 where an entry has none. */
  names(column: NameColumn): Uint32Array {
    let names = this.#names.get(column)
    if (!names) {
      const values = this.#pluck(`SELECT ifnull(${column}, 0) FROM entries ORDER BY id`) as number[]
      names = new Uint32Array(this.idsEnd)
      const ids = this.#allIds
      for (let i = 0; i < ids.length; i++) names[ids[i]!] = values[i]!
      this.#names.set(column, names)
    }
    return names
  }

  /** NaN where an entry has none. */
  numbers(column: NumberColumn): Float64Array {
    let numbers = this.#numbers.get(column)
    if (!numbers) {
      const values = this.#pluck(`SELECT ${column} FROM entries ORDER BY id`) as (number | null)[]
      numbers = new Float64Array(this.idsEnd).fill(Number.NaN)
      const ids = this.#allIds
      for (let i = 0; i < ids.length; i++) numbers[ids[i]!] = values[i] ?? Number.NaN
      this.#numbers.set(column, numbers)
    }
    return numbers
  }

  /** What comparing all entries with each other tells. */
  states(): States {
    this.#states ??= new States(this.#database, this)
    return this.#states
  }

  /** What conditions in SQL found. */
  get selections(): Selections {
    this.#selections ??= new Selections(this.idsEnd)
    return this.#selections
  }

  /** @throws AppError USAGE if there is no such column. */
  rank(column: string): RankColumn {
    let ranks = this.#ranks.get(column)
    this.#ranks.delete(column)
    ranks ??= this.#makeRanks(column)
    this.#ranks.set(column, ranks)
    if (this.#ranks.size > rankColumnsKept) this.#ranks.delete(this.#ranks.keys().next().value!)
    return ranks
  }

  #makeRanks(column: string): RankColumn {
    if (column === 'key') return this.#keyRanks()
    if (column.startsWith('arg:')) return this.#argumentRanks(column.slice(4))
    if (column.startsWith('out:')) return this.#argumentRanks(column)
    if (Object.hasOwn(numberColumns, column)) return rankNumbers(this.numbers(numberColumns[column]!))
    if (Object.hasOwn(nameColumns, column)) return this.#nameRanks(nameColumns[column]!)
    if (Object.hasOwn(textColumns, column)) return this.#textRanks(textColumns[column]!)
    throw new AppError(
      'USAGE',
      `'${column}' is no column to sort by; choose a column of the list, arg:NAME or out:PATH.`,
    )
  }

  #keyRanks(): RankColumn {
    const { idsByKey } = this
    const ranks = new Uint32Array(this.idsEnd)
    for (let place = 0; place < idsByKey.length; place++) ranks[idsByKey[place]!] = place
    return { ranks, count: idsByKey.length }
  }

  #nameRanks(column: NameColumn): RankColumn {
    const names = this.names(column)
    const compare = column === 'version' || column === 'shape' ? compareVersions : compareTexts
    const different = [...new Set(names)]
      .filter((name) => name !== 0)
      .map((name): [number, string] => [name, this.#strings.text(name) ?? ''])
    const { rankOf, count } = rankTexts(different, compare)
    return { ranks: names.map((name) => rankOf.get(name) ?? count), count }
  }

  #textRanks(sqlColumn: string): RankColumn {
    return this.#ranksOf(
      this.#pairs(
        `SELECT id, dense_rank() OVER (ORDER BY ${sqlColumn} COLLATE NOCASE) - 1 FROM texts WHERE ${sqlColumn} IS NOT NULL`,
      ),
    )
  }

  /** What an argument with few different values is; `undefined` of others. */
  fewValues(nameId: number): FewValues | undefined {
    if (!this.#fewValues.has(nameId)) {
      if (this.#fewValues.size >= argumentsKept) this.#fewValues.clear()
      this.#fewValues.set(nameId, readFewValues(this.#database, nameId, this.idsEnd))
    }
    return this.#fewValues.get(nameId)
  }

  #argumentRanks(name: string): RankColumn {
    const nameId = storedNameIds(name, this.#strings).find((id) => this.#isStored(id))
    if (nameId === undefined) return this.#ranksOf([])
    const few = this.fewValues(nameId)
    if (few) return this.#ranksOfFew(nameId, few)
    const numbers = this.#argumentNumbers(nameId)
    return numbers ? rankNumbers(numbers) : this.#ranksOf(this.#pairs(argumentRanks, nameId))
  }

  #isStored(nameId: number): boolean {
    return this.#pluck('SELECT 1 FROM arguments WHERE name = ? LIMIT 1', nameId).length > 0
  }

  #ranksOfFew(nameId: number, { codes, count, examples, codeOfExample }: FewValues): RankColumn {
    const sql = `${argumentRanks} AND entry IN (SELECT value FROM json_each(?))`
    const rankOf = new Uint32Array(count + 1)
    let rankCount = 0
    for (const [entry, rank] of this.#pairs(sql, nameId, examples)) {
      rankOf[codeOfExample.get(entry)!] = rank
      if (rank >= rankCount) rankCount = rank + 1
    }
    rankOf[count] = rankCount
    return { ranks: codes.map((code) => rankOf[code]!), count: rankCount }
  }

  /** By id; `undefined` if the argument is not always a number. */
  #argumentNumbers(nameId: number): Float64Array | undefined {
    const values = this.#pluck('SELECT value FROM arguments WHERE name = ?', nameId)
    if (!values.every((value) => typeof value === 'number')) return undefined
    const entries = this.#pluck('SELECT entry FROM arguments WHERE name = ?', nameId) as number[]
    const numbers = new Float64Array(this.idsEnd).fill(Number.NaN)
    for (let i = 0; i < values.length; i++) numbers[entries[i]!] = values[i] as number
    return numbers
  }

  #ranksOf(rows: readonly (readonly [id: number, rank: number])[]): RankColumn {
    let count = 0
    for (const [, rank] of rows) if (rank >= count) count = rank + 1
    const ranks = new Uint32Array(this.idsEnd).fill(count)
    for (const [id, rank] of rows) ranks[id] = rank
    return { ranks, count }
  }

  get #allIds(): Int32Array {
    this.#ids ??= Int32Array.from(this.#pluck('SELECT id FROM entries ORDER BY id') as number[])
    return this.#ids
  }

  #pluck(sql: string, ...parameters: number[]): unknown[] {
    return this.#database
      .prepare<number[]>(sql)
      .pluck()
      .all(...parameters)
  }

  #pairs(sql: string, ...parameters: (number | string)[]): [number, number][] {
    return this.#database
      .prepare<(number | string)[], [number, number]>(sql)
      .raw()
      .all(...parameters)
  }
}

/** Ranks of texts, by what they are texts of; equal ones share a rank. */
function rankTexts<Key>(
  texts: readonly (readonly [key: Key, text: string])[],
  compare: (a: string, b: string) => number,
): { rankOf: Map<Key, number>; count: number } {
  const sorted = texts.toSorted((a, b) => compare(a[1], b[1]))
  const rankOf = new Map<Key, number>()
  let count = 0
  for (const [i, [key, text]] of sorted.entries()) {
    if (i === 0 || compare(sorted[i - 1]![1], text) !== 0) count++
    rankOf.set(key, count - 1)
  }
  return { rankOf, count }
}
