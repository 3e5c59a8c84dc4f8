import type { Database, Statement } from 'better-sqlite3'
import type { ConflictSides, ItemAction, PlanItem } from './contract.ts'

export interface ItemRow {
  readonly n: number
  readonly key: Buffer
  readonly source_key: Buffer | null
  readonly action: string
  readonly bytes: number
  readonly seconds: number
  readonly stamp: string | null
  readonly sha256: string | null
  readonly replaces_bytes: number | null
  readonly replaces_sha256: string | null
  readonly note: string | null
  readonly call: string | null
  /** JSON */
  readonly sides: string | null
}

export interface OutcomeRow extends ItemRow {
  readonly reason: string | null
  readonly outcome_sha256: string | null
}

interface PageRow extends OutcomeRow {
  readonly outcome: string | null
}

/** Built step by step: a plan has a million of them, and of a spread for each column most of the time would be made. */
export function fromRow(row: ItemRow): PlanItem {
  const item: { -readonly [Name in keyof PlanItem]: PlanItem[Name] } = {
    n: row.n,
    key: bytesOf(row.key),
    action: row.action as ItemAction,
    bytes: row.bytes,
    computeSeconds: row.seconds,
  }
  if (row.source_key !== null) item.sourceKey = bytesOf(row.source_key)
  if (row.stamp !== null) item.stamp = row.stamp
  if (row.sha256 !== null) item.sha256 = row.sha256
  if (row.replaces_sha256 !== null)
    item.replaces = { bytes: row.replaces_bytes ?? 0, sha256: row.replaces_sha256 }
  if (row.note !== null) item.note = row.note
  if (row.call !== null) item.call = row.call
  if (row.sides !== null) item.sides = JSON.parse(row.sides) as ConflictSides
  return item
}

/** Free of Node's `Buffer`; the memory is that which was made for it. */
function bytesOf({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** A line of a list shows no more. */
const callCharacters = 300

/** The columns of `items`, in the order of `itemValues`. */
const itemColumns = [
  'n',
  'key',
  'source_key',
  'action',
  'bytes',
  'seconds',
  'stamp',
  'sha256',
  'replaces_bytes',
  'replaces_sha256',
  'note',
  'call',
  'sides',
]

export function itemValues(n: number, item: Omit<PlanItem, 'n'>): unknown[] {
  return [
    n,
    item.key,
    item.sourceKey ?? null,
    item.action,
    item.bytes,
    item.computeSeconds,
    item.stamp ?? null,
    item.sha256 ?? null,
    item.replaces?.bytes ?? null,
    item.replaces?.sha256 ?? null,
    item.note ?? null,
    item.call?.slice(0, callCharacters) ?? null,
    item.sides === undefined ? null : JSON.stringify(item.sides),
  ]
}

const changing = `action IN ('put', 'replace', 'delete', 'restore', 'remove')`
const states = `('planning', 'planned', 'refused', 'running', 'paused', 'stopped', 'cancelled', 'done')`
const filtered = `FROM items LEFT JOIN outcomes USING (n)
  WHERE (@state IS NULL OR outcomes.state = @state) AND (@action IS NULL OR action = @action)`

export function prepareStatements(database: Database) {
  return {
    header: database.prepare<[string], string>('SELECT value FROM header WHERE name = ?').pluck(),
    items: new Inserter(database, 'items', itemColumns),
    outcomes: new Inserter(database, 'outcomes', ['n', 'state', 'reason', 'sha256']),
    /** Numbered from 0 without a gap: a plan is only ever added to. */
    nextNumber: database.prepare<[], number>('SELECT ifnull(max(n), -1) + 1 FROM items').pluck(),
    addSum: database.prepare<[string, number, number, number]>(
      `INSERT INTO sums VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET
         entries = entries + excluded.entries, bytes = bytes + excluded.bytes, seconds = seconds + excluded.seconds`,
    ),
    sums: database.prepare<[], { what: string; entries: number; bytes: number; seconds: number }>(
      'SELECT * FROM sums',
    ),
    insertJournal: database.prepare<[number, string, number | null, number | null, string | null]>(
      'INSERT INTO journal (at_ms, event, first, last, data) VALUES (?, ?, ?, ?, ?)',
    ),
    /** The batch that was begun last, unless it was ended. */
    openBatch: database.prepare<[], { first: number; last: number }>(
      `SELECT first, last FROM (SELECT * FROM journal WHERE event IN ('begin', 'end') ORDER BY seq DESC LIMIT 1)
         WHERE event = 'begin'`,
    ),
    itemsBetween: database.prepare<[number, number], ItemRow>(
      `SELECT * FROM items WHERE n BETWEEN ? AND ? AND ${changing} ORDER BY n`,
    ),
    // In the order of the table: by the index on actions all that is left would be sorted for each batch.
    itemsAfter: database.prepare<[after: number, limit: number], ItemRow>(
      `SELECT * FROM items NOT INDEXED WHERE n > ? AND ${changing} ORDER BY n LIMIT ?`,
    ),
    /** Batches go through the plan in order, so what follows the last outcome is not done. */
    lastDone: database.prepare<[], number>('SELECT ifnull(max(n), -1) FROM outcomes').pluck(),
    lastState: database.prepare<[], { event: string; at_ms: number; data: string | null }>(
      `SELECT event, at_ms, data FROM journal WHERE event IN ${states} ORDER BY seq DESC LIMIT 1`,
    ),
    firstEvent: database
      .prepare<[string], number>('SELECT at_ms FROM journal WHERE event = ? ORDER BY seq LIMIT 1')
      .pluck(),
    runs: database.prepare<[], number>(`SELECT count(*) FROM journal WHERE event = 'running'`).pluck(),
    undoneBy: database
      .prepare<[], string>(`SELECT data FROM journal WHERE event = 'undone' ORDER BY seq DESC LIMIT 1`)
      .pluck(),
    undoneInPartBy: database
      .prepare<[], string>(`SELECT DISTINCT data FROM journal WHERE event = 'undone in part'`)
      .pluck(),
    itemsPage: database.prepare<
      [{ state: string | null; action: string | null; limit: number; offset: number }],
      PageRow
    >(
      `SELECT items.*, outcomes.state AS outcome, reason, outcomes.sha256 AS outcome_sha256 ${filtered}
         ORDER BY n LIMIT @limit OFFSET @offset`,
    ),
    countItems: database
      .prepare<[{ state: string | null; action: string | null }], number>(`SELECT count(*) ${filtered}`)
      .pluck(),
    /** Key, bytes and digest of all that was done. In the order of the table, which is read once. */
    written: database
      .prepare<[], [key: Buffer, bytes: number, sha256: string | null]>(
        `SELECT key, bytes, outcomes.sha256 FROM outcomes NOT INDEXED JOIN items USING (n)
           WHERE state = 'done' ORDER BY n`,
      )
      .raw(),
    outcomesAfter: database.prepare<[string, number, number], OutcomeRow>(
      `SELECT items.*, reason, outcomes.sha256 AS outcome_sha256 FROM outcomes JOIN items USING (n)
         WHERE state = ? AND n > ? ORDER BY n LIMIT ?`,
    ),
  }
}

/** A call costs as much as some rows do; beyond so many nothing is gained. */
const rowsAtOnce = 50

/** Inserts many rows in few statements, which name only the columns that have something in them. */
class Inserter {
  readonly #database: Database
  readonly #table: string
  readonly #columns: readonly string[]
  readonly #statements = new Map<string, Statement<[unknown[]]>>()

  constructor(database: Database, table: string, columns: readonly string[]) {
    this.#database = database
    this.#table = table
    this.#columns = columns
  }

  /** Rows of values in the order of the columns. */
  insert(rows: readonly (readonly unknown[])[]): void {
    const whole = rows.length - (rows.length % rowsAtOnce)
    for (let from = 0; from < whole; from += rowsAtOnce) this.#insert(rows.slice(from, from + rowsAtOnce))
    for (let from = whole; from < rows.length; from++) this.#insert([rows[from]!])
  }

  #insert(rows: readonly (readonly unknown[])[]): void {
    const used = this.#columns.flatMap((_, column) =>
      rows.some((row) => row[column] !== null) ? [column] : [],
    )
    const values: unknown[] = []
    for (const row of rows) for (const column of used) values.push(row[column])
    this.#statement(used, rows.length).run(values)
  }

  #statement(used: readonly number[], rows: number): Statement<[unknown[]]> {
    const name = `${rows}:${used.join()}`
    const known = this.#statements.get(name)
    if (known) return known
    const names = used.map((column) => this.#columns[column]).join()
    const row = `(${used.map(() => '?').join()})`
    const all = Array.from({ length: rows }, () => row).join()
    const made = this.#database.prepare<[unknown[]]>(`INSERT INTO ${this.#table} (${names}) VALUES ${all}`)
    this.#statements.set(name, made)
    return made
  }
}
