import type { Database } from 'better-sqlite3'
import { AppError } from '../model/errors.ts'
import { ArgumentRanks } from './argument-ranks.ts'
import { ColumnSource } from './column-source.ts'
import type { FewValues } from './few-values.ts'
import type { KeptColumns } from './kept-columns.ts'
import { storedNameIds } from './leaf-names.ts'
import type { NameColumn, NumberColumn } from './query/condition.ts'
import { compareShapes, compareTexts, compareVersions } from './query/text.ts'
import type { Digested } from './ranked-column.ts'
import { textColumn } from './ranked-column.ts'
import type { RankColumn } from './ranks.ts'
import { Selections } from './selections.ts'
import { States } from './states.ts'
import type { Strings } from './strings.ts'

const rankColumnsKept = 8

export const numberColumns: Readonly<Record<string, NumberColumn>> = {
  sizeBytes: 'size',
  elapsedSeconds: 'elapsed',
  runAtSeconds: 'run_at',
  kind: 'kind',
  status: 'status',
}
/** The name under which the order of a column of numbers is kept. */
export function keptNumberRanks(column: NumberColumn): string {
  return `sorted.${column}`
}

export const nameColumns: Readonly<Record<string, NameColumn>> = {
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
const nameOrders: Partial<Record<NameColumn, typeof compareTexts>> = {
  version: compareVersions,
  shape: compareShapes,
}
const textColumns: Readonly<Record<string, 'call' | 'output' | 'problem'>> = {
  call: 'call',
  outputPreview: 'output',
  problem: 'problem',
}
/** What a list can be sorted by; also `arg:NAME` and `out:PATH`. */
export const sortColumns: readonly string[] = [
  'key',
  ...[numberColumns, nameColumns, textColumns].flatMap((columns) => Object.keys(columns)),
]

/**
 * Columns of one revision of the catalog in memory, each read when first asked for: what filtering, sorting and
 * summing a million rows in well under a second takes. 4 or 8 bytes a row for each, and 4 for each of the last
 * few sort columns. Arrays are by id, as long as `idsEnd`.
 */
export class Columns {
  readonly revision: number
  readonly #strings: Strings
  readonly #source: ColumnSource
  readonly #ranks = new Map<string, RankColumn>()
  readonly #names = new Map<NameColumn, Uint32Array>()
  readonly #numbers = new Map<NumberColumn, Float64Array>()
  readonly #arguments: ArgumentRanks
  #states: States | undefined
  #selections: Selections | undefined
  #idsByKey: Int32Array | undefined
  #keyRanks: RankColumn | undefined

  constructor(database: Database, strings: Strings, kept: KeptColumns, revision: number) {
    this.revision = revision
    this.#strings = strings
    this.#source = new ColumnSource(database, kept)
    this.#arguments = new ArgumentRanks(database, this.#source)
  }

  /** All ids in the order of their keys. */
  get idsByKey(): Int32Array {
    if (!this.#idsByKey) {
      const { ranks, count } = this.keyRanks
      this.#idsByKey = new Int32Array(count)
      for (let id = 0; id < ranks.length; id++) if (ranks[id]! < count) this.#idsByKey[ranks[id]!] = id
    }
    return this.#idsByKey
  }

  /** No two entries have the same. */
  get keyRanks(): RankColumn {
    this.#keyRanks ??= this.#source.keyRanks()
    return this.#keyRanks
  }

  /** One more than the highest id. */
  get idsEnd(): number {
    return this.#source.idsEnd
  }

  /** Numbers of `strings`; 0 where an entry has none. */
  names(column: NameColumn): Uint32Array {
    let names = this.#names.get(column)
    if (!names) this.#names.set(column, (names = this.#source.names(column)))
    return names
  }

  /** NaN where an entry has none. */
  numbers(column: NumberColumn): Float64Array {
    let numbers = this.#numbers.get(column)
    if (!numbers) this.#numbers.set(column, (numbers = this.#source.numbers(column)))
    return numbers
  }

  /** What comparing all entries with each other tells. */
  states(): States {
    this.#states ??= States.kept(this.#source, this) ?? States.made(this.#source, this)
    return this.#states
  }

  /** Bits of `insides.flags`. */
  flags(): Float64Array {
    return this.#source.flags()
  }

  /** Entries whose calls or outputs have equal digests have one rank. */
  digestRanks(of: Digested): RankColumn {
    return this.#source.digestRanks(of)
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

  numberRanks(column: NumberColumn): RankColumn {
    return this.#source.numberRanks(keptNumberRanks(column), this.numbers(column))
  }

  textRanks(column: 'call' | 'output' | 'problem'): RankColumn {
    return this.#source.ranks(column, textColumn(column))
  }

  #makeRanks(column: string): RankColumn {
    if (column === 'key') return this.keyRanks
    if (column.startsWith('arg:')) return this.#argumentRanks(column.slice(4))
    if (column.startsWith('out:')) return this.#argumentRanks(column)
    if (Object.hasOwn(numberColumns, column)) return this.numberRanks(numberColumns[column]!)
    if (Object.hasOwn(nameColumns, column)) return this.#nameRanks(nameColumns[column]!)
    if (Object.hasOwn(textColumns, column)) return this.textRanks(textColumns[column]!)
    throw new AppError(
      'USAGE',
      `'${column}' is no column to sort by; choose a column of the list, arg:NAME or out:PATH.`,
    )
  }

  #nameRanks(column: NameColumn): RankColumn {
    const names = this.names(column)
    const compare = nameOrders[column] ?? compareTexts
    let last = 0
    for (const name of names) if (name > last) last = name
    const isThere = new Uint8Array(last + 1)
    for (const name of names) isThere[name] = 1
    const different: [name: number, text: string][] = []
    for (let name = 1; name <= last; name++)
      if (isThere[name] === 1) different.push([name, this.#strings.text(name) ?? ''])
    const { rankOf, count } = rankTexts(different, compare)
    const ranks = new Uint32Array(last + 1).fill(count)
    for (const [name, rank] of rankOf) ranks[name] = rank
    return { ranks: names.map((name) => ranks[name]!), count }
  }

  /** What an argument with few different values is; `undefined` of others. */
  fewValues(nameId: number): FewValues | undefined {
    return this.#arguments.fewValues(nameId)
  }

  /** What a stored name holds where that is a number, by id; NaN where it is none. */
  argumentNumbers(nameId: number): Float64Array {
    return this.#arguments.numbers(nameId)
  }

  /** Ranks of an argument by the number of its name. */
  argumentRanks(nameId: number): RankColumn {
    return this.#arguments.ranks(nameId)
  }

  #argumentRanks(name: string): RankColumn {
    const nameId = storedNameIds(name, this.#strings).find((id) => this.#arguments.isStored(id))
    return nameId === undefined ? this.#source.ranksOf([]) : this.argumentRanks(nameId)
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
