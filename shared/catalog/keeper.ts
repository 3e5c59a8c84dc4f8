import type { Database } from 'better-sqlite3'
import { keptArgument } from './argument-ranks.ts'
import { keptDigests, keptFlags } from './column-source.ts'
import { Columns, keptNumberRanks, nameColumns, numberColumns } from './columns.ts'
import type { KeptColumns } from './kept-columns.ts'
import type { Packed } from './packed.ts'
import { packNumbers, packWhole } from './packed.ts'
import type { RankColumn } from './ranks.ts'
import { keptStates } from './states.ts'
import type { Strings } from './strings.ts'

/** When columns are kept. */
export interface KeepLimits {
  /** A smaller catalog is read fast enough. */
  readonly entriesAtLeast: number
  /** A column of which fewer entries changed since is good enough. */
  readonly changesAtLeast: number
}

const usualLimits: KeepLimits = { entriesAtLeast: 20_000, changesAtLeast: 300 }
/** Of the others the order is nothing to make. */
const sortedNumbers = ['size', 'elapsed', 'run_at'] as const
/** Of a cache with very many arguments and paths: those that most entries have. */
const argumentsAtMost = 64
/** What fewer entries have is read fast enough. */
const argumentEntriesAtLeast = 2_000

interface KeptNow extends Packed {
  readonly name: string
  readonly count: number
}

/** How a column is made, and the names under which it may be kept. */
interface Maker {
  readonly names: readonly string[]
  readonly make: (columns: Columns) => KeptNow
}

/** Keeps columns in the index, one at each step. */
export class Keeper {
  readonly #database: Database
  readonly #strings: Strings
  readonly #kept: KeptColumns
  readonly #popularArguments

  constructor(database: Database, strings: Strings, kept: KeptColumns) {
    this.#database = database
    this.#strings = strings
    this.#kept = kept
    this.#popularArguments = database
      .prepare<[number, number], number>(
        `SELECT name FROM argument_sums GROUP BY name HAVING sum(entries) >= ? ORDER BY sum(entries) DESC, name LIMIT ?`,
      )
      .pluck()
  }

  /**
   * Makes and keeps the first column that is missing or much out of date: up to a few seconds for a million entries, of
   * which a few milliseconds lock the index for others. False: there is none.
   */
  step(revision: () => number, limits: Partial<KeepLimits> = {}): boolean {
    const { entriesAtLeast, changesAtLeast } = { ...usualLimits, ...limits }
    const seen = this.#database.transaction(() => {
      const now = revision()
      // Of its own, so that nothing but this column is in memory.
      const columns = new Columns(this.#database, this.#strings, this.#kept, now)
      if (columns.idsEnd <= entriesAtLeast) return undefined
      const makers = this.#makers(Math.min(argumentEntriesAtLeast, entriesAtLeast))
      const due = makers.find(({ names }) =>
        names.every((name) => this.#kept.changes(name) >= Math.max(1, changesAtLeast)),
      )
      const wanted = new Set(makers.flatMap(({ names }) => names))
      return {
        made: due?.make(columns),
        now,
        unwanted: this.#kept.names().filter((name) => !wanted.has(name)),
      }
    })()
    if (!seen) return false
    this.#kept.drop(seen.unwanted)
    return seen.made !== undefined && this.#kept.write(seen.made.name, seen.made, seen.now)
  }

  #makers(entriesAtLeast: number): Maker[] {
    return [
      ranksMaker('key', ({ keyRanks }) => keyRanks),
      ...Object.values(numberColumns).map((name) =>
        maker(name, (columns) => packNumbers(columns.numbers(name))),
      ),
      ...Object.values(nameColumns).map((name) => maker(name, (columns) => packWhole(columns.names(name)))),
      ...sortedNumbers.map((column) =>
        ranksMaker(keptNumberRanks(column), (columns) => columns.numberRanks(column)),
      ),
      ranksMaker('call', (columns) => columns.textRanks('call')),
      ranksMaker('output', (columns) => columns.textRanks('output')),
      ...this.#popularArguments.all(entriesAtLeast, argumentsAtMost).map(argumentMaker),
      maker(keptFlags, (columns) => packNumbers(columns.flags())),
      ...(['call', 'output'] as const).map((of) =>
        ranksMaker(keptDigests(of), (columns) => columns.digestRanks(of)),
      ),
      maker(keptStates, (columns) => columns.states().packed()),
    ]
  }
}

function maker(name: string, pack: (columns: Columns) => Packed): Maker {
  return { names: [name], make: (columns) => ({ name, count: 0, ...pack(columns) }) }
}

function ranksMaker(name: string, ranksOf: (columns: Columns) => RankColumn): Maker {
  return { names: [name], make: (columns) => packRanks(name, ranksOf(columns)) }
}

function argumentMaker(nameId: number): Maker {
  const few = keptArgument.few(nameId)
  const many = keptArgument.ranks(nameId)
  return {
    names: [few, many],
    make: (columns) => {
      const values = columns.fewValues(nameId)
      return values
        ? { name: few, count: values.count, ...packWhole(values.codes) }
        : packRanks(many, columns.argumentRanks(nameId))
    },
  }
}

function packRanks(name: string, { ranks, count }: RankColumn): KeptNow {
  return { name, count, ...packWhole(ranks) }
}
