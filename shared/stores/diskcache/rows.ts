import type { Database, Statement } from 'better-sqlite3'

import type { EntryFacts } from '../../model/record.ts'
import { conditionFor } from './keys.ts'
import type { StoredKey } from './keys.ts'

/** Longer keys are not read. */
const longestKeyBytes = 65_536
export const longestNameBytes = 1_024
const longestTagBytes = 4_096

type SqlNumber = bigint | number
type Cell = SqlNumber | string | Buffer | null

interface Selected {
  readonly rowid: bigint
  readonly keyType: string
  readonly key: Buffer | SqlNumber | null
  readonly raw: Cell
  readonly store_time: Cell
  readonly expire_time: Cell
  readonly access_time: Cell
  readonly access_count: Cell
  readonly tag: Cell
  readonly size: Cell
  readonly mode: Cell
  readonly filename: string | null
  readonly valueType: string
  readonly valueBytes: SqlNumber | null
  readonly number: SqlNumber | null
}

/** Columns of `Cache` (diskcache/core.py `Cache.__init__`), none of which may be of the type that it should be. */
const columns = `
  rowid, typeof(key) AS keyType, raw, store_time, expire_time, access_time, access_count, size, mode,
  CASE WHEN typeof(key) IN ('integer', 'real') THEN key
       WHEN octet_length(key) <= ${longestKeyBytes} THEN CAST(key AS BLOB) END AS key,
  CASE WHEN octet_length(tag) <= ${longestTagBytes} THEN tag END AS tag,
  CASE WHEN octet_length(filename) <= ${longestNameBytes} THEN CAST(filename AS TEXT) END AS filename,
  typeof(value) AS valueType, octet_length(value) AS valueBytes,
  CASE WHEN typeof(value) IN ('integer', 'real') THEN value END AS number`

/** One row. */
export interface CacheRow {
  readonly rowid: bigint
  /** `undefined`: it has none that diskcache could have made. */
  readonly key: StoredKey | undefined
  /** 1 as it is, 2 bytes in a file, 3 text in a file, 4 a pickle. */
  readonly mode: number | undefined
  readonly filename: string | undefined
  readonly valueType: string
  readonly valueBytes: number
  /** The value, if it is a number. */
  readonly number: SqlNumber | undefined
  readonly storedAtSeconds: number | undefined
  readonly expiresAtSeconds: number | undefined
  /** Changes whenever a value is stored. */
  readonly stamp: string
  readonly facts: Pick<EntryFacts, 'runAtSeconds' | 'accessedAtMs' | 'accessCount' | 'expiresAtMs' | 'tag'>
}

/** The SQL of diskcache's table on one connection: plain statements, never its API, which moves access times. */
export class Rows {
  readonly #database: Database
  readonly #statements = new Map<string, Statement>()

  constructor(database: Database) {
    this.#database = database
  }

  /** Rows after a row id, in their order. */
  list(after: bigint, limit: number): Iterable<CacheRow> {
    const sql = `SELECT ${columns} FROM main.Cache NOT INDEXED WHERE rowid > ? ORDER BY rowid LIMIT ?`
    return mapped(this.#prepare(sql).iterate(after, BigInt(limit)) as Iterable<Selected>)
  }

  find(key: StoredKey): CacheRow | undefined {
    const { sql, parameter } = conditionFor(key)
    const found = this.#prepare(`SELECT ${columns} FROM main.Cache WHERE ${sql} LIMIT 1`).get(parameter)
    return found === undefined ? undefined : rowOf(found as Selected)
  }

  has(key: StoredKey): boolean {
    const { sql, parameter } = conditionFor(key)
    return this.#prepare(`SELECT 1 FROM main.Cache WHERE ${sql} LIMIT 1`).get(parameter) !== undefined
  }

  /** Bytes `[from, to)` of a text or blob in the table. */
  content({ rowid }: CacheRow, from: number, to: number): Uint8Array {
    const sql = 'SELECT substr(CAST(value AS BLOB), ?, ?) FROM main.Cache WHERE rowid = ?'
    const bytes = this.#prepare(sql)
      .pluck()
      .get(BigInt(from + 1), BigInt(to - from), rowid) as Uint8Array
    return new Uint8Array(bytes)
  }

  /** Names of all files that rows have. */
  *filenames(): Generator<string> {
    const sql = `SELECT CAST(filename AS TEXT) FROM main.Cache
      WHERE filename IS NOT NULL AND octet_length(filename) <= ${longestNameBytes}`
    yield* this.#prepare(sql).pluck().iterate() as Iterable<string>
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#database.prepare(sql).safeIntegers(true)
    this.#statements.set(sql, statement)
    return statement
  }
}

function* mapped(selected: Iterable<Selected>): Generator<CacheRow> {
  for (const row of selected) yield rowOf(row)
}

function rowOf(row: Selected): CacheRow {
  const storedAtSeconds = numberOf(row.store_time)
  const expiresAtSeconds = numberOf(row.expire_time)
  const valueBytes = Number(row.valueBytes ?? 0)
  return {
    rowid: row.rowid,
    key: keyOfCells(row),
    mode: numberOf(row.mode),
    filename: row.filename ?? undefined,
    valueType: row.valueType,
    valueBytes,
    number: row.number ?? undefined,
    storedAtSeconds,
    expiresAtSeconds,
    stamp: rowStamp({ ...row, storedAtSeconds, expiresAtSeconds, valueBytes }),
    facts: factsOf(row, storedAtSeconds, expiresAtSeconds),
  }
}

interface Stamped {
  readonly rowid: bigint
  readonly storedAtSeconds: number | undefined
  readonly expiresAtSeconds: number | undefined
  readonly mode: Cell
  /** If it is no longer than `longestNameBytes`. */
  readonly filename: string | null
  readonly valueType: string
  readonly valueBytes: number
}

/** Changes whenever a value is stored, and not when it is read. */
export function rowStamp(row: Stamped): string {
  const { rowid, storedAtSeconds, expiresAtSeconds, mode, filename, valueType, valueBytes } = row
  return [rowid, storedAtSeconds, expiresAtSeconds, mode, filename, valueType, valueBytes]
    .map((part) => (Buffer.isBuffer(part) ? part.toString() : String(part ?? '')))
    .join(':')
}

function factsOf(
  row: Selected,
  storedAtSeconds: number | undefined,
  expiresAtSeconds: number | undefined,
): CacheRow['facts'] {
  const accessedAtSeconds = numberOf(row.access_time)
  const accessCount = numberOf(row.access_count)
  const { tag } = row
  return {
    ...(storedAtSeconds !== undefined && { runAtSeconds: storedAtSeconds }),
    ...(expiresAtSeconds !== undefined && { expiresAtMs: expiresAtSeconds * 1_000 }),
    ...(accessedAtSeconds !== undefined && { accessedAtMs: accessedAtSeconds * 1_000 }),
    ...(accessCount !== undefined && { accessCount }),
    ...(tag !== null && { tag: Buffer.isBuffer(tag) ? tag.toString('latin1') : String(tag) }),
  }
}

/** `undefined`: diskcache makes no such key. */
export function keyOfCells({
  keyType,
  key,
  raw,
}: Pick<Selected, 'keyType' | 'key' | 'raw'>): StoredKey | undefined {
  const isRaw = raw === 1n
  if (key === null || (!isRaw && raw !== 0n)) return undefined
  if (!Buffer.isBuffer(key)) {
    if (!isRaw) return undefined
    return typeof key === 'bigint' ? { kind: 'int', number: key } : { kind: 'float', number: key }
  }
  const bytes = new Uint8Array(key)
  if (isRaw) return { kind: keyType === 'text' ? 'str' : 'bytes', bytes }
  return keyType === 'blob' ? { kind: 'pickle', bytes } : undefined
}

function numberOf(cell: Cell): number | undefined {
  return typeof cell === 'bigint' || typeof cell === 'number' ? Number(cell) : undefined
}
