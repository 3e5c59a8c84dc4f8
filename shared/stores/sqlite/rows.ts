import type { Database, Statement } from 'better-sqlite3'

import type { Problem } from '../../model/errors.ts'
import { asBuffer } from '../as-buffer.ts'
import type { Entry } from '../contract.ts'
import { isCorrupt } from '../sqlite-file/errors.ts'
import type { CacheTable } from './schema.ts'
import { boundKey, boundKeys, bytesOf, digest, quote } from './sql.ts'
import type { Bound, SqlParameter, SqlType } from './sql.ts'

/** Values up to this size are digested for their stamp: they lie in the row's own page or the next. */
const digestedBytes = 8_192
/** Longer keys are no hashes, and are not read. */
const longestKeyBytes = 65_536

/** Where a listing goes on: a row id, or in a table without them a key. */
export type Position = { readonly rowid: bigint } | { readonly bound: Bound }

/** `rowid`: `undefined` in a table without them. */
export interface RowEntry {
  readonly entry: Entry
  readonly rowid: bigint | undefined
}

export interface RowBatch {
  readonly entries: RowEntry[]
  readonly strays: { readonly row: string; readonly reason: string }[]
  /** The last row seen; `undefined`: none. */
  readonly last: Position | undefined
  readonly isAtEnd: boolean
  /** SQLite's words where a damaged page ended the batch. */
  readonly damage: string | undefined
}

interface ListedRow {
  readonly row: bigint | null
  readonly keyType: SqlType
  readonly key: Uint8Array | null
  readonly valueType: SqlType
  readonly valueBytes: bigint | null
  readonly small: Uint8Array | null
}

/** A row as the `WHERE` that finds it again. */
export interface FoundRow {
  readonly where: string
  readonly parameters: readonly SqlParameter[]
  readonly rowid: bigint | undefined
  readonly type: SqlType
}

/** Statements that find a row by its key, by how the key is bound; they give its first column, or all of a few. */
interface Finder {
  readonly what: string
  readonly row: 'first' | 'all'
  readonly known: Map<SqlType | 'other text', Statement>
}

/** The SQL of one cache table on one connection. Plain statements over one table; no function of the schema runs. */
export class Rows {
  readonly #database: Database
  readonly #table: CacheTable
  readonly #from: string
  readonly #key: string
  readonly #value: string
  readonly #statements = new Map<string, Statement>()
  readonly #finders: Readonly<Record<'place' | 'value' | 'comparison', Finder>>

  constructor(database: Database, table: CacheTable) {
    this.#database = database
    this.#table = table
    this.#from = `main.${quote(table.name)}`
    this.#key = quote(table.keyColumn)
    this.#value = quote(table.valueColumn)
    const bytes = `CAST(${this.#value} AS BLOB)`
    this.#finders = {
      place: { what: table.rowid ?? '1', row: 'first', known: new Map() },
      value: { what: `typeof(${this.#value}), ${bytes}`, row: 'all', known: new Map() },
      comparison: { what: `ifnull(${bytes} = ?, 0)`, row: 'first', known: new Map() },
    }
  }

  /** Rows after a position in the order of the table, or (`backwards`) before it from its end on. */
  list(
    { limit, stamps }: { readonly limit: number; readonly stamps: boolean },
    after: Position | undefined,
    backwards?: { before: Position | undefined },
  ): RowBatch {
    const rows: ListedRow[] = []
    let damage: string | undefined
    try {
      const { sql, parameters } = this.#listing(after, backwards?.before, {
        isBackwards: backwards !== undefined,
        stamps,
      })
      for (const row of this.#prepare(sql).iterate(...parameters, BigInt(limit)) as Iterable<ListedRow>) {
        // A page that leads back to an earlier one: SQLite goes round in it.
        const previous = rows.at(-1)?.row ?? undefined
        if (row.row !== null && previous !== undefined && row.row > previous === (backwards !== undefined)) {
          damage = 'its pages lead in a circle'
          break
        }
        rows.push(row)
      }
    } catch (thrown) {
      if (!isCorrupt(thrown)) throw thrown
      damage = (thrown as Error).message
    }
    const entries: RowEntry[] = []
    const strays: { row: string; reason: string }[] = []
    for (const row of rows) {
      const entry = this.#entryOf(row)
      if (typeof entry === 'string')
        strays.push({ row: row.row === null ? 'a row' : `row ${row.row}`, reason: entry })
      else entries.push({ entry, rowid: row.row ?? undefined })
    }
    const last = rows.at(-1)
    return {
      entries,
      strays,
      last: last && this.#positionOf(last),
      isAtEnd: damage === undefined && rows.length < limit,
      damage,
    }
  }

  /** The row that counts for a key: of several, text before blob before numbers, and the oldest of those. */
  find(key: Uint8Array): FoundRow | undefined {
    const { rowid, encoding } = this.#table
    for (const bound of boundKeys(key, encoding)) {
      const found = this.#finder(bound, 'place').get(bound.parameter, bound.parameter) as bigint | undefined
      if (found === undefined) continue
      const { type } = bound
      return rowid === undefined
        ? {
            where: this.#matches(bound),
            parameters: [bound.parameter, bound.parameter],
            rowid: undefined,
            type,
          }
        : { ...this.rowAt(found), type }
    }
    return undefined
  }

  /** The value of the row that counts for a key; `undefined`: there is none. */
  valueOf(key: Uint8Array): Uint8Array | Problem | undefined {
    for (const bound of boundKeys(key, this.#table.encoding)) {
      const found = this.#finder(bound, 'value').get(bound.parameter, bound.parameter) as
        | [type: SqlType, bytes: Uint8Array | null]
        | undefined
      if (found) return this.#bytes(...found)
    }
    return undefined
  }

  /** Whether the row that counts for a key has this value; of a database whose texts are UTF-8. */
  holds(key: Uint8Array, value: Uint8Array): boolean {
    const bytes = asBuffer(value)
    for (const bound of boundKeys(key, this.#table.encoding)) {
      const found = this.#finder(bound, 'comparison').get(bytes, bound.parameter, bound.parameter) as
        | bigint
        | undefined
      if (found !== undefined) return found === 1n
    }
    return false
  }

  /** Asked for each key: neither is SQL put together for it, nor a statement changed. */
  #finder(bound: Bound, name: 'place' | 'value' | 'comparison'): Statement {
    const { what, row, known } = this.#finders[name]
    const kind = bound.sql === '?' ? bound.type : 'other text'
    const found = known.get(kind)
    if (found) return found
    const { rowid } = this.#table
    const order = rowid === undefined ? '' : `ORDER BY ${rowid}`
    const made = this.#prepare(
      `SELECT ${what} FROM ${this.#from} WHERE ${this.#matches(bound)} ${order} LIMIT 1`,
    )
    known.set(kind, row === 'all' ? made.raw() : made.pluck())
    return made
  }

  /** The row with a row id, in a table that has them. */
  rowAt(rowid: bigint): FoundRow {
    return { where: `${this.#table.rowid} = ?`, parameters: [rowid], rowid, type: 'text' }
  }

  /** The value of a row, or bytes `[start, end)` of it. */
  value(row: FoundRow, range?: readonly [start: number, end: number]): Uint8Array | Problem | undefined {
    const { encoding } = this.#table
    const cast = `CAST(${this.#value} AS BLOB)`
    const isCut = range !== undefined && encoding === 'utf8'
    const what = isCut ? `substr(${cast}, ?, ?)` : cast
    const statement = this.#prepare(
      `SELECT typeof(${this.#value}) AS type, ${what} AS bytes FROM ${this.#from} WHERE ${row.where}`,
    )
    const cut = isCut ? [BigInt(range[0] + 1), BigInt(Math.max(0, range[1] - range[0]))] : []
    const found = statement.get(...cut, ...row.parameters) as
      | { type: SqlType; bytes: Uint8Array | null }
      | undefined
    if (!found) return undefined
    const bytes = this.#bytes(found.type, found.bytes)
    return range && !isCut && bytes instanceof Uint8Array
      ? bytes.subarray(range[0], Math.max(...range))
      : bytes
  }

  #bytes(type: SqlType, bytes: Uint8Array | null): Uint8Array | Problem {
    if (type === 'null') return { code: 'UNREADABLE', sentence: 'The value is NULL: nothing was stored.' }
    return plain(bytesOf(bytes ?? new Uint8Array(0), type, this.#table.encoding))
  }

  /** Sets the value of a row. */
  update(row: FoundRow, value: SqlParameter): void {
    this.#prepare(`UPDATE ${this.#from} SET ${this.#value} = ? WHERE ${row.where}`).run(
      value,
      ...row.parameters,
    )
  }

  insert(key: SqlParameter, value: SqlParameter): void {
    this.#prepare(`INSERT INTO ${this.#from} (${this.#key}, ${this.#value}) VALUES (?, ?)`).run(key, value)
  }

  delete(row: FoundRow): number {
    return this.#prepare(`DELETE FROM ${this.#from} WHERE ${row.where}`).run(...row.parameters).changes
  }

  #listing(
    after: Position | undefined,
    before: Position | undefined,
    { isBackwards, stamps }: { isBackwards: boolean; stamps: boolean },
  ): { sql: string; parameters: SqlParameter[] } {
    const place = this.#table.rowid ?? this.#key
    const conditions: string[] = []
    const parameters: SqlParameter[] = []
    for (const [position, operator] of [
      [after, '>'],
      [before, '<'],
    ] as const) {
      if (!position) continue
      const bound = 'rowid' in position ? { sql: '?', parameter: position.rowid } : position.bound
      conditions.push(`${place} ${operator} ${bound.sql}`)
      parameters.push(bound.parameter)
    }
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
    const key = this.#key
    const value = this.#value
    const sql = `
      SELECT ${this.#table.rowid ?? 'NULL'} AS "row", typeof(${key}) AS keyType,
        CASE WHEN octet_length(${key}) <= ${longestKeyBytes} THEN CAST(${key} AS BLOB) END AS "key",
        typeof(${value}) AS valueType, octet_length(${value}) AS valueBytes,
        ${stamps ? `CASE WHEN octet_length(${value}) <= ${digestedBytes} THEN CAST(${value} AS BLOB) END` : 'NULL'} AS small
      FROM ${this.#from} NOT INDEXED ${where} ORDER BY ${place} ${isBackwards ? 'DESC' : 'ASC'} LIMIT ?`
    return { sql, parameters }
  }

  /** Also true to the byte where the column's collation is not (`NOCASE`), which its index needs to be asked in. */
  #matches(bound: Bound): string {
    return `${this.#key} = ${bound.sql} AND ${this.#key} = ${bound.sql} COLLATE BINARY AND typeof(${this.#key}) = '${bound.type}'`
  }

  #positionOf(row: ListedRow): Position | undefined {
    if (row.row !== null) return { rowid: row.row }
    if (row.key === null) return undefined
    const key = bytesOf(row.key, row.keyType, this.#table.encoding)
    return { bound: boundKey(key, row.keyType, this.#table.encoding) }
  }

  /** The entry of a row, or why it is none. */
  #entryOf(row: ListedRow): Entry | string {
    if (row.keyType === 'null') return 'its key is NULL'
    if (row.key === null) return `its key has more than ${longestKeyBytes} bytes`
    const key = plain(bytesOf(row.key, row.keyType, this.#table.encoding))
    if (key.length === 0) return 'its key is empty'
    if (this.#isOverruled(row, key)) return 'another row has this key, and is older or has it as text'
    if (row.valueType === 'null') return { key, stamp: `${row.row}:null` }
    const sizeBytes = this.#sizeOf(row, key)
    const stamp = row.small ? `${row.row}:${row.valueType}:${sizeBytes}:${digest(row.small)}` : undefined
    return { key, sizeBytes, stamp }
  }

  #isOverruled(row: ListedRow, key: Uint8Array): boolean {
    if (this.#table.isUnique && row.keyType === 'text') return false
    if (!this.#table.isIndexed) return false
    let counting: FoundRow | undefined
    try {
      counting = this.find(key)
    } catch (thrown) {
      if (!isCorrupt(thrown)) throw thrown
      return false
    }
    return counting?.type !== row.keyType || (row.row !== null && counting.rowid !== row.row)
  }

  #sizeOf(row: ListedRow, key: Uint8Array): number {
    const { encoding } = this.#table
    if (encoding === 'utf8' || row.valueType === 'blob') return Number(row.valueBytes)
    if (row.small) return bytesOf(row.small, row.valueType, encoding).length
    const found = this.find(key)
    const value = found && this.value(found)
    return value instanceof Uint8Array ? value.length : Number(row.valueBytes)
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#database.prepare(sql).safeIntegers(true)
    this.#statements.set(sql, statement)
    return statement
  }
}

/** Free of Node's `Buffer` and of its pool. */
function plain(bytes: Uint8Array): Uint8Array {
  const { buffer, byteLength } = bytes
  // A large value has a buffer of its own, of which there need not be two.
  return buffer.byteLength === byteLength ? new Uint8Array(buffer) : new Uint8Array(bytes)
}
