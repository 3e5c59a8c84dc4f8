import { basename } from 'node:path'
import { existsSync } from 'node:fs'
import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import type { ByteSource } from '../../model/source.ts'
import type { BytesRef } from '../../value/value.ts'
import type {
  Capabilities,
  ChangeToken,
  Entry,
  Store,
  Stray,
  WriteOperation,
  WriteOutcome,
} from '../contract.ts'
import type { LockTimes } from '../lock-pace.ts'
import { makeTables } from '../sqlite-file/make-tables.ts'
import { innerPickle, wrapPickle } from './inner.ts'
import { shelveLocation } from './file-store.ts'
import type { DbmPlace } from './places.ts'
import { QuietFile } from './quiet-file.ts'

/** What a dbm.sqlite3 is to whoever opens SQLite tables as stores. */
export const dictOptions = { table: 'Dict', key: 'key', value: 'value' } as const

/** CPython Lib/dbm/sqlite3.py, `BUILD_TABLE`, spaces aside. */
const dictSchema = /CREATE TABLE "?Dict"?\s*\(\s*key BLOB UNIQUE NOT NULL,\s*value BLOB NOT NULL\s*\)/

/** A page of the largest size; the schema of a dbm is on the first. */
const schemaBytes = 65_536
/** A WAL that a live Python keeps short; its table was made at its beginning. */
const walBytes = 1 << 20

/**
 * Whether an SQLite file has the table that `dbm.sqlite3` makes: looked for in
 * the bytes of its first page, or of its WAL where all is there still, so that
 * no SQLite need open it.
 */
export function hasDictTable(path: string): boolean {
  return dictSchema.test(textOf(path, schemaBytes)) || dictSchema.test(textOf(`${path}-wal`, walBytes))
}

function textOf(path: string, bytes: number): string {
  if (!existsSync(path)) return ''
  try {
    using file = QuietFile.open(path)
    return Buffer.from(file.read(0, bytes)).toString('latin1')
  } catch (error) {
    if (error instanceof AppError) return ''
    throw error
  }
}

/** Makes an empty dbm.sqlite3. Python sets the WAL mode itself when it opens the file. */
export function createSqlite3(path: string): void {
  makeTables(path, 'CREATE TABLE Dict (key BLOB UNIQUE NOT NULL, value BLOB NOT NULL)')
}

/** A shelf on `dbm.sqlite3` (Python 3.13): the table `Dict` of a store over SQLite, its values known to be wrapped. */
export class ShelveSqliteStore implements Store {
  readonly kind = 'shelve'
  readonly location: string
  readonly label: string
  readonly capabilities: Capabilities
  readonly notes: readonly string[]
  readonly #table: Store

  constructor(place: DbmPlace, table: Store) {
    this.location = shelveLocation(place)
    this.label = basename(place.base)
    this.capabilities = { ...table.capabilities, values: 'pickle' }
    this.notes = table.notes ?? []
    this.#table = table
  }

  entries(options?: { batchSize?: number; signal?: AbortSignal }): AsyncIterable<Entry[]> {
    return this.#table.entries(options)
  }

  getMany(
    keys: readonly Uint8Array[],
    options?: { range?: readonly [start: number, end: number]; signal?: AbortSignal },
  ): Promise<(Uint8Array | Problem | undefined)[]> {
    return this.#table.getMany(keys, options)
  }

  innerValue(value: ByteSource): BytesRef | undefined {
    return innerPickle(value)
  }

  wrapValue(inner: Uint8Array): Uint8Array {
    return wrapPickle(inner)
  }

  apply(operations: readonly WriteOperation[], options?: { signal?: AbortSignal }): Promise<WriteOutcome[]> {
    return this.#table.apply(operations, options)
  }

  get lockTimes(): LockTimes | undefined {
    return this.#table.lockTimes
  }

  changeToken(signal?: AbortSignal): Promise<ChangeToken> {
    return this.#table.changeToken(signal)
  }

  async strays(limit: number): Promise<Stray[]> {
    return (await this.#table.strays?.(limit)) ?? []
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#table[Symbol.asyncDispose]()
  }
}
