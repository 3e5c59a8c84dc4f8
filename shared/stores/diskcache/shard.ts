import type { Database } from 'better-sqlite3'
import { join } from 'node:path'

import type { Entry } from '../contract.ts'
import type { Slices } from '../slices.ts'
import { isCorrupt } from '../sqlite-file/errors.ts'
import { SqliteReader } from '../sqlite-file/reader.ts'
import type { Freshness } from '../sqlite-file/reader.ts'
import { databaseName } from './files.ts'
import { entryKey } from './keys.ts'
import type { StoredKey } from './keys.ts'
import { Rows } from './rows.ts'
import type { CacheRow } from './rows.ts'
import { sizeOf } from './values.ts'

/** Rows are read for this long in one transaction. */
const readMs = 10

export interface ListedEntry {
  readonly entry: Entry
  readonly key: StoredKey
}

export interface Listing {
  readonly entries: ListedEntry[]
  /** Row ids of rows that are no entries. */
  readonly strays: bigint[]
  readonly last: bigint
  readonly isAtEnd: boolean
  /** SQLite's words where a damaged page ended the listing. */
  readonly damage: string | undefined
}

/** One `cache.db` with the files beside it: a whole Cache, or a part of a FanoutCache. */
export class Shard {
  readonly folder: string
  /** Of a part: the name of its folder, `000`. */
  readonly name: string | undefined
  readonly reader: SqliteReader
  #rowsOf: { database: Database; rows: Rows } | undefined

  /** @throws AppError `NOT_FOUND`, `REFUSED`, `NOT_A_STORE` */
  constructor(folder: string, name: string | undefined) {
    this.folder = folder
    this.name = name
    this.reader = new SqliteReader(join(folder, databaseName))
  }

  /** Runs an action in a read transaction. */
  read<Result>(action: (rows: Rows) => Result, freshness: Freshness): Promise<Result> {
    return this.reader.read((database) => action(this.#rows(database)), freshness)
  }

  list(after: bigint, limit: number): Promise<Listing> {
    return this.read((rows) => this.#list(rows, after, limit), after === startOfRows ? 'newest' : 'any')
  }

  /** What an action makes of the row of each key, in order; `undefined` where there is no row. */
  async forEach<Result>(
    keys: readonly StoredKey[],
    slices: Slices,
    action: (row: CacheRow, rows: Rows) => Result,
  ): Promise<(Result | undefined)[]> {
    const results: (Result | undefined)[] = []
    while (results.length < keys.length) {
      const part = await this.read((rows) => someOf(keys.slice(results.length), rows, action), 'recent')
      results.push(...part)
      if (slices.isOver) await slices.next()
    }
    return results
  }

  #list(rows: Rows, after: bigint, limit: number): Listing {
    const entries: ListedEntry[] = []
    const strays: bigint[] = []
    let last = after
    let count = 0
    let damage: string | undefined
    try {
      for (const row of rows.list(after, limit)) {
        // A page that leads back to an earlier one: SQLite would go round in it.
        if (row.rowid <= last) throw new RangeError('its pages lead in a circle')
        last = row.rowid
        count++
        if (row.key) entries.push({ entry: this.entryOf(row, row.key), key: row.key })
        else strays.push(row.rowid)
      }
    } catch (thrown) {
      if (!isCorrupt(thrown) && !(thrown instanceof RangeError)) throw thrown
      damage = (thrown as Error).message
    }
    return { entries, strays, last, isAtEnd: damage !== undefined || count < limit, damage }
  }

  entryOf(row: CacheRow, key: StoredKey): Entry {
    const sizeBytes = sizeOf(row, this.folder)
    return {
      key: entryKey(key),
      stamp: row.stamp,
      ...(sizeBytes !== undefined && { sizeBytes }),
      ...(row.storedAtSeconds !== undefined && { modifiedMs: row.storedAtSeconds * 1_000 }),
      ...(row.expiresAtSeconds !== undefined && { expiresAtMs: row.expiresAtSeconds * 1_000 }),
    }
  }

  #rows(database: Database): Rows {
    if (this.#rowsOf?.database !== database) this.#rowsOf = { database, rows: new Rows(database) }
    return this.#rowsOf.rows
  }
}

/** Before every row id. */
export const startOfRows = -(2n ** 63n)

/** As many as there is time for, at least one. */
function someOf<Result>(
  keys: readonly StoredKey[],
  rows: Rows,
  action: (row: CacheRow, rows: Rows) => Result,
): (Result | undefined)[] {
  const until = performance.now() + readMs
  const results: (Result | undefined)[] = []
  for (const key of keys) {
    const row = rows.find(key)
    results.push(row && action(row, rows))
    if (performance.now() > until) break
  }
  return results
}
