import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'

import type { Condition } from './keys.ts'
import { longestNameBytes, rowStamp } from './rows.ts'
import { numberIn, textIn } from './stored-row.ts'
import type { StoredCell, StoredRow } from './stored-row.ts'

export interface FoundRow {
  readonly row: StoredRow
  readonly stamp: string
}

/** Whole rows of `Cache` on a connection that writes. */
export class RowTable {
  readonly #database: DatabaseSync
  readonly #columns: readonly string[]
  readonly #statements = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
    const columns = database.prepare("SELECT name FROM pragma_table_xinfo('Cache') WHERE hidden = 0").all()
    this.#columns = columns.map(({ name }) => String(name))
  }

  /** @throws Error, SQLite's, of a row that cannot be read */
  find({ sql, parameter }: Condition): FoundRow | undefined {
    const cells = this.#columns.flatMap((name) => {
      const quoted = quote(name)
      return [
        `typeof(${quoted})`,
        `CASE typeof(${quoted}) WHEN 'text' THEN CAST(${quoted} AS BLOB) ELSE ${quoted} END`,
      ]
    })
    const found = this.#prepare(
      `SELECT octet_length("value"), ${cells.join(', ')} FROM main.Cache WHERE ${sql} LIMIT 1`,
    ).get(parameter) as SQLOutputValue[] | undefined
    if (!found) return undefined
    const row = new Map(
      this.#columns.map((name, i) => [name, cellOf(found[1 + 2 * i]!, found[2 + 2 * i]!)] as const),
    )
    return { row, stamp: stampOf(row, Number(found[0] ?? 0)) }
  }

  /** Whether SQLite takes another key for this one: 1 and 1.0 are one key to its index. */
  hasEqual(row: StoredRow): boolean {
    const [key, raw] = [row.get('key'), row.get('raw')].map((cell) => cell && placeholderFor(cell))
    if (!key || !raw) return false
    const sql = `SELECT 1 FROM main.Cache WHERE key = ${key.sql} AND raw = ${raw.sql} LIMIT 1`
    return this.#prepare(sql).get(...key.parameters, ...raw.parameters) !== undefined
  }

  /** How many rows went: none, if a trigger keeps it. */
  delete(row: StoredRow): number {
    const rowid = row.get('rowid')
    if (rowid?.type !== 'integer') return 0
    return Number(this.#prepare('DELETE FROM main.Cache WHERE rowid = ?').run(rowid.value).changes)
  }

  /** In its old place in the table, on which the order of diskcache goes, unless that is taken. */
  insert(row: StoredRow): void {
    const rowid = row.get('rowid')
    const isTaken =
      rowid?.type !== 'integer' ||
      this.#prepare('SELECT 1 FROM main.Cache WHERE rowid = ?').get(rowid.value) !== undefined
    const cells = [...row].filter(([name]) => !isTaken || name !== 'rowid')
    const places = cells.map(([, cell]) => placeholderFor(cell))
    this.#prepare(
      `INSERT INTO main.Cache (${cells.map(([name]) => quote(name)).join(', ')})
       VALUES (${places.map(({ sql }) => sql).join(', ')})`,
    ).run(...places.flatMap(({ parameters }) => parameters))
  }

  /** Those of some names of files that rows have. */
  namedAmong(names: ReadonlySet<string>): Set<string> {
    const sql = 'SELECT CAST(filename AS TEXT) FROM main.Cache WHERE filename IS NOT NULL'
    const found = new Set<string>()
    for (const row of this.#prepare(sql).iterate()) {
      const [name] = row as unknown as SQLOutputValue[]
      if (typeof name === 'string' && names.has(name)) found.add(name)
    }
    return found
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#database.prepare(sql)
    statement.setReadBigInts(true)
    statement.setReturnArrays(true)
    this.#statements.set(sql, statement)
    return statement
  }
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function cellOf(type: SQLOutputValue, value: SQLOutputValue): StoredCell {
  if (typeof value === 'bigint') return { type: 'integer', value }
  if (typeof value === 'number') return { type: 'real', value }
  if (value instanceof Uint8Array) return { type: type === 'text' ? 'text' : 'blob', value }
  return { type: 'null' }
}

/** A text is given as its bytes, which need not be UTF-8. */
function placeholderFor(cell: StoredCell): { sql: string; parameters: SQLInputValue[] } {
  if (cell.type === 'null') return { sql: 'NULL', parameters: [] }
  return { sql: cell.type === 'text' ? 'CAST(? AS TEXT)' : '?', parameters: [cell.value] }
}

function stampOf(row: StoredRow, valueBytes: number): string {
  const mode = row.get('mode')
  const filename = textIn(row, 'filename')
  const rowid = row.get('rowid')
  return rowStamp({
    rowid: rowid?.type === 'integer' ? rowid.value : 0n,
    storedAtSeconds: numberIn(row, 'store_time'),
    expiresAtSeconds: numberIn(row, 'expire_time'),
    mode: mode === undefined || mode.type === 'null' ? null : shown(mode.value),
    filename: filename !== undefined && Buffer.byteLength(filename) <= longestNameBytes ? filename : null,
    valueType: row.get('value')?.type ?? 'null',
    valueBytes,
  })
}

function shown(value: bigint | number | Uint8Array): bigint | number | string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : value
}
