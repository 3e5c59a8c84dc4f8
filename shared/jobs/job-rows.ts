import type { Database } from 'better-sqlite3'
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

export function fromRow(row: ItemRow): PlanItem {
  return {
    n: row.n,
    key: new Uint8Array(row.key),
    action: row.action as ItemAction,
    bytes: row.bytes,
    computeSeconds: row.seconds,
    ...(row.source_key === null ? {} : { sourceKey: new Uint8Array(row.source_key) }),
    ...(row.stamp === null ? {} : { stamp: row.stamp }),
    ...(row.sha256 === null ? {} : { sha256: row.sha256 }),
    ...(row.replaces_sha256 === null
      ? {}
      : { replaces: { bytes: row.replaces_bytes ?? 0, sha256: row.replaces_sha256 } }),
    ...(row.note === null ? {} : { note: row.note }),
    ...(row.call === null ? {} : { call: row.call }),
    ...(row.sides === null ? {} : { sides: JSON.parse(row.sides) as ConflictSides }),
  }
}

/** A line of a list shows no more. */
const callCharacters = 300

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
    insertItem: database.prepare<[unknown[]]>(
      'INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
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
    insertOutcome: database.prepare<[number, string, string | null, string | null]>(
      'INSERT INTO outcomes VALUES (?, ?, ?, ?)',
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
    itemsAfter: database.prepare<[number], ItemRow>(
      `SELECT * FROM items NOT INDEXED WHERE n > ? AND ${changing} ORDER BY n`,
    ),
    /** Batches go through the plan in order, so what follows the last outcome is not done. */
    lastDone: database.prepare<[], number>('SELECT ifnull(max(n), -1) FROM outcomes').pluck(),
    lastState: database.prepare<[], { event: string; at_ms: number; data: string | null }>(
      `SELECT event, at_ms, data FROM journal WHERE event IN ${states} ORDER BY seq DESC LIMIT 1`,
    ),
    firstEvent: database
      .prepare<[string], number>('SELECT at_ms FROM journal WHERE event = ? ORDER BY seq LIMIT 1')
      .pluck(),
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
