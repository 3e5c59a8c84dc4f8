import { basename } from 'node:path'

import type { Database } from 'better-sqlite3'

import type { Problem } from '../../model/errors.ts'
import { showKey } from '../../model/keys.ts'
import type {
  ApplyOptions,
  Capabilities,
  ChangeToken,
  DatabaseInfo,
  Entry,
  Store,
  Stray,
  WriteOperation,
  WriteOutcome,
} from '../contract.ts'
import { LockPace, type LockTimes } from '../lock-pace.ts'
import { Slices, throwIfCancelled } from '../slices.ts'
import { isCorrupt, isTooLarge } from '../sqlite-file/errors.ts'
import type { SqliteReader } from '../sqlite-file/reader.ts'
import { openedForReading } from '../misuse.ts'
import { Rows } from './rows.ts'
import type { FoundRow, Position, RowBatch } from './rows.ts'
import { describeTables } from './schema.ts'
import type { CacheTable } from './schema.ts'
import { writeRows } from './write.ts'

const defaultBatchSize = 1_000
const maxKeptStrays = 1_000
/** Values are read for this long in one transaction. */
const readMs = 10

/**
 * A cache in one table of an SQLite database. A value given by range is still read whole inside SQLite, piece by
 * piece of the file; only the range comes out.
 */
export class SqliteStore implements Store {
  readonly kind = 'sqlite'
  readonly location: string
  readonly label: string
  readonly capabilities: Capabilities
  readonly #reader: SqliteReader
  readonly #table: CacheTable
  readonly #pace = new LockPace()
  readonly #strays = new Map<string, Stray>()
  #hasListed = false
  #isIndexBroken = false
  #rowsOf: { database: Database; rows: Rows } | undefined
  /** For tables without an index on their key: where each key is, in one state. */
  #index: { token: string; rowids: Map<string, bigint> } | undefined

  /** Takes the reader over. `location` is the canonical one. */
  constructor(reader: SqliteReader, table: CacheTable, location: string, canWrite: boolean) {
    this.#reader = reader
    this.#table = table
    this.location = location
    const name = basename(reader.path)
    this.label = table.name === 'cache' ? name : `${name} (${table.name})`
    this.capabilities = {
      write: canWrite,
      rangeRead: true,
      rangeCost: 'value',
      sizes: 'exact',
      stamps: 'content',
      keys: 'bytes',
      order: 'none',
      values: table.values,
    }
  }

  async *entries(
    options: { batchSize?: number; signal?: AbortSignal; stamps?: boolean } = {},
  ): AsyncGenerator<Entry[]> {
    const { batchSize = defaultBatchSize, signal, stamps = true } = options
    const slices = new Slices(signal)
    // Only a table that does not keep its keys apart can have one twice.
    const seen = this.#table.isIndexed ? undefined : new Set<string>()
    for await (const batch of this.#batches(batchSize, slices, stamps)) {
      const entries: Entry[] = []
      for (const { entry } of batch.entries) {
        if (isNew(seen, entry.key)) entries.push(entry)
        else this.#addStray(showKey(entry.key), 'another row has this key, and is older')
      }
      for (const { row, reason } of batch.strays) this.#addStray(row, reason)
      if (batch.damage !== undefined) this.#addStray('rows', `some cannot be read: ${batch.damage}`)
      if (entries.length > 0) yield entries
      throwIfCancelled(signal)
    }
    this.#hasListed = true
  }

  async getMany(
    keys: readonly Uint8Array[],
    options: { range?: readonly [start: number, end: number]; signal?: AbortSignal } = {},
  ): Promise<(Uint8Array | Problem | undefined)[]> {
    const slices = new Slices(options.signal)
    const values: (Uint8Array | Problem | undefined)[] = []
    do {
      // oxlint-disable-next-line no-await-in-loop -- each transaction is short, and lets writers in between
      const index = await this.#keyIndex(slices)
      // oxlint-disable-next-line no-await-in-loop -- as above
      const part = await this.#reader.read(
        (database) => this.#readValues(database, keys.slice(values.length), index, options.range),
        'recent',
      )
      if (part) values.push(...part)
      else this.#isIndexBroken = true
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (slices.isOver) await slices.next()
    } while (values.length < keys.length)
    return values
  }

  async holds(keys: readonly Uint8Array[], values: readonly Uint8Array[]): Promise<boolean[]> {
    const slices = new Slices(undefined)
    const found: boolean[] = []
    while (found.length < keys.length) {
      // oxlint-disable-next-line no-await-in-loop -- each transaction is short, and lets writers in between
      const part = await this.#reader.read(
        (database) => this.#compareValues(database, keys.slice(found.length), values.slice(found.length)),
        'recent',
      )
      found.push(...part)
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (slices.isOver) await slices.next()
    }
    return found
  }

  /** As many as there is time for. */
  #compareValues(database: Database, keys: readonly Uint8Array[], values: readonly Uint8Array[]): boolean[] {
    const rows = this.#rows(database)
    const isComparable = this.#table.isIndexed && this.#table.encoding === 'utf8'
    if (!isComparable || this.#isIndexBroken) return keys.map(() => false)
    const until = performance.now() + readMs
    const found: boolean[] = []
    for (const [i, key] of keys.entries()) {
      found.push(key.length > 0 && holdsOrFault(rows, key, values[i]!))
      if (performance.now() > until) break
    }
    return found
  }

  async apply(operations: readonly WriteOperation[], options: ApplyOptions = {}): Promise<WriteOutcome[]> {
    throwIfCancelled(options.signal)
    this.#reader.throwIfClosed()
    if (!this.capabilities.write) {
      throw openedForReading(this.location)
    }
    const { path } = this.#reader
    const context = { path, table: this.#table, pace: this.#pace, ...options }
    const outcomes = await writeRows(context, operations)
    await this.#reader.afterWrite()
    return outcomes
  }

  get lockTimes(): LockTimes {
    return this.#pace.times
  }

  async changeToken(signal?: AbortSignal): Promise<ChangeToken> {
    throwIfCancelled(signal)
    return { whole: this.#reader.state().token }
  }

  /** Rows that are no entries (no key, a key that another row has), and damage. */
  async strays(limit: number): Promise<Stray[]> {
    if (!this.#hasListed) {
      const listing = this.entries()
      // oxlint-disable-next-line no-await-in-loop -- batches come one after the other
      while ((await listing.next()).done !== true) continue
    }
    return [...this.#strays.values()].slice(0, limit)
  }

  async databases(): Promise<DatabaseInfo[]> {
    return this.#reader.read(describeTables)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.close()
  }

  /** From the start to the end; where a damaged page stops that, from the end back to it. */
  async *#batches(limit: number, slices: Slices, stamps: boolean): AsyncGenerator<RowBatch> {
    let after: Position | undefined
    let batch: RowBatch
    const size = { limit, stamps }
    do {
      // A copy that was made for the first batch does for the others.
      const freshness = after === undefined ? 'newest' : 'any'
      // oxlint-disable-next-line no-await-in-loop, no-loop-func -- each batch begins where the one before ended
      batch = await this.#reader.read((database) => this.#rows(database).list(size, after), freshness)
      yield batch
      after = batch.last ?? after
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (slices.isOver) await slices.next()
    } while (!batch.isAtEnd && batch.damage === undefined)
    if (batch.damage === undefined || this.#table.rowid === undefined) return
    let before: Position | undefined
    do {
      // oxlint-disable-next-line no-await-in-loop, no-loop-func -- as above
      batch = await this.#reader.read((database) => this.#rows(database).list(size, after, { before }), 'any')
      yield batch
      before = batch.last ?? before
    } while (!batch.isAtEnd && batch.damage === undefined)
  }

  /** As many as there is time for; `undefined` if the table's index cannot be used. */
  #readValues(
    database: Database,
    keys: readonly Uint8Array[],
    index: Map<string, bigint> | undefined,
    range: readonly [number, number] | undefined,
  ): (Uint8Array | Problem | undefined)[] | undefined {
    const rows = this.#rows(database)
    const until = performance.now() + readMs
    const values: (Uint8Array | Problem | undefined)[] = []
    for (const key of keys) {
      if (!index && !range && key.length > 0) {
        const value = valueOrFault(rows, key)
        if (value !== 'look closer') {
          values.push(value)
          if (performance.now() > until) break
          continue
        }
      }
      const found = findRow(rows, key, index)
      if (found === 'index is broken' && this.#table.rowid !== undefined) return undefined
      values.push(found && readValue(rows, found, range))
      if (performance.now() > until) break
    }
    return values
  }

  /** Kept as long as the state: a table without an index would be gone through for every key. */
  async #keyIndex(slices: Slices): Promise<Map<string, bigint> | undefined> {
    const { token } = this.#reader.state()
    if (this.#table.isIndexed && !this.#isIndexBroken) return undefined
    if (this.#index?.token === token) return this.#index.rowids
    const rowids = new Map<string, bigint>()
    for await (const batch of this.#batches(defaultBatchSize, slices, false)) {
      for (const { entry, rowid } of batch.entries) {
        const name = nameOf(entry.key)
        if (rowid !== undefined && !rowids.has(name)) rowids.set(name, rowid)
      }
    }
    this.#index = { token, rowids }
    return rowids
  }

  #rows(database: Database): Rows {
    if (this.#rowsOf?.database !== database)
      this.#rowsOf = { database, rows: new Rows(database, this.#table) }
    return this.#rowsOf.rows
  }

  #addStray(name: string, reason: string): void {
    if (this.#strays.size < maxKeptStrays) this.#strays.set(`${name}: ${reason}`, { name, reason })
  }
}

/** In one step, as nearly all are read. */
function valueOrFault(rows: Rows, key: Uint8Array): Uint8Array | Problem | undefined | 'look closer' {
  try {
    return rows.valueOf(key)
  } catch (thrown) {
    if (isCorrupt(thrown) || isTooLarge(thrown)) return 'look closer'
    throw thrown
  }
}

function holdsOrFault(rows: Rows, key: Uint8Array, value: Uint8Array): boolean {
  try {
    return rows.holds(key, value)
  } catch (thrown) {
    if (isCorrupt(thrown) || isTooLarge(thrown)) return false
    throw thrown
  }
}

function readValue(
  rows: Rows,
  row: FoundRow | 'index is broken',
  range: readonly [number, number] | undefined,
): Uint8Array | Problem | undefined {
  if (row === 'index is broken')
    return { code: 'UNREADABLE', sentence: 'The value cannot be found: the table is damaged.' }
  try {
    return rows.value(row, range)
  } catch (thrown) {
    if (isTooLarge(thrown))
      return {
        code: 'UNREADABLE',
        sentence: 'The value has more than 536 MB, which SQLite cannot read here; load it with Python.',
      }
    if (!isCorrupt(thrown)) throw thrown
    return { code: 'UNREADABLE', sentence: `The value cannot be read: ${(thrown as Error).message}.` }
  }
}

function findRow(
  rows: Rows,
  key: Uint8Array,
  index: Map<string, bigint> | undefined,
): FoundRow | 'index is broken' | undefined {
  if (key.length === 0) return undefined
  if (index) {
    const rowid = index.get(nameOf(key))
    return rowid === undefined ? undefined : rows.rowAt(rowid)
  }
  try {
    return rows.find(key)
  } catch (thrown) {
    if (!isCorrupt(thrown)) throw thrown
    return 'index is broken'
  }
}

function isNew(seen: Set<string> | undefined, key: Uint8Array): boolean {
  if (!seen) return true
  const name = nameOf(key)
  if (seen.has(name)) return false
  seen.add(name)
  return true
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')
}
