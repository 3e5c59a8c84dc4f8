import { createHash } from 'node:crypto'
import Database from 'better-sqlite3'
import type { Row } from '../api/contract.ts'
import { parseKey, showKey } from '../model/keys.ts'
import type { CompareLine, CompareTotals, Relation, Verdict } from './contract.ts'
import { relations } from './contract.ts'

/** `0` left, `1` right. */
export type SideNumber = 0 | 1

export interface Candidate {
  readonly side: SideNumber
  readonly key: Uint8Array
}

/** Two entries that belong together. */
export interface KeyPair {
  readonly left: Uint8Array
  readonly right: Uint8Array
  readonly leftSize: number | null
  readonly rightSize: number | null
}

const schema = `
  CREATE TABLE entries (
    side INTEGER, key BLOB, func BLOB, identity BLOB, call TEXT, size INTEGER, elapsed REAL, run_at REAL,
    chosen INTEGER NOT NULL, PRIMARY KEY (side, key)
  ) WITHOUT ROWID;
  CREATE TABLE lines (n INTEGER PRIMARY KEY, relation INTEGER NOT NULL, left BLOB, right BLOB, why TEXT, changes INTEGER);
  CREATE TEMP TABLE wanted (side INTEGER, key BLOB, PRIMARY KEY (side, key)) WITHOUT ROWID;
`

/**
 * What a comparison has found, in a SQLite file of its own: so that two caches of any size are matched on disk, and
 * lines are paged while the comparison goes on. Of each entry it keeps what the list shows, no values.
 */
export class ResultFile implements Disposable {
  readonly #database: Database.Database
  readonly #statements

  private constructor(database: Database.Database) {
    this.#database = database
    this.#statements = prepare(database)
  }

  /** A new one; the empty name is a file without a name, gone when it is closed. */
  static create(file: string): ResultFile {
    const database = new Database(file)
    // It is nothing to lose: a comparison that is cut off is made again.
    database.pragma(file === '' ? 'journal_mode = OFF' : 'journal_mode = WAL')
    database.pragma('synchronous = OFF')
    database.pragma('cache_size = -32768')
    database.exec(schema)
    return new ResultFile(database)
  }

  /** One that somebody else is writing, or wrote. */
  static open(file: string): ResultFile {
    const database = new Database(file, { fileMustExist: true, timeout: 10_000 })
    database.exec('CREATE TEMP TABLE wanted (side INTEGER, key BLOB, PRIMARY KEY (side, key)) WITHOUT ROWID')
    return new ResultFile(database)
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }

  /** Rows of one side. `chosen`: the query matches them. */
  addEntries(side: SideNumber, rows: readonly Row[], chosen: boolean): void {
    this.#together(() => {
      for (const row of rows) {
        const func =
          row.kind === 'call' && row.func !== undefined ? hashOf(`${row.module ?? ''}\0${row.func}`) : null
        const { call = null, sizeBytes = null, elapsedSeconds = null, runAtSeconds = null } = row
        const shown = call ?? row.outputPreview ?? null
        const key = parseKey(row.key)
        this.#statements.addEntry.run(
          side,
          key,
          func,
          shown,
          sizeBytes,
          elapsedSeconds,
          runAtSeconds,
          Number(chosen),
        )
      }
    })
  }

  /** Marks entries that the query matches. */
  choose(side: SideNumber, keys: readonly string[]): void {
    this.#together(() => {
      for (const key of keys) this.#statements.choose.run(side, parseKey(key))
    })
  }

  /**
   * Gathers entries that could be a call of both sides: both have the function. With `lone`, only of those whose key
   * only one side has. How many they are.
   */
  gatherCandidates(lone: boolean): number {
    const condition = lone
      ? `AND NOT EXISTS (SELECT 1 FROM entries b WHERE b.side = 1 - a.side AND b.key = a.key)`
      : ''
    this.#database.exec(
      `CREATE TEMP TABLE candidates AS
         WITH a AS MATERIALIZED (SELECT side, key, func FROM entries a WHERE func IS NOT NULL ${condition}),
           both AS MATERIALIZED (SELECT func FROM a GROUP BY func HAVING count(DISTINCT side) = 2)
         SELECT side, key FROM a WHERE func IN (SELECT func FROM both) ORDER BY side, key`,
    )
    return this.#count('candidates')
  }

  *candidates(pageRows: number): Generator<Candidate[]> {
    yield* this.#pages<Candidate>('candidates', pageRows)
  }

  identify(found: readonly (Candidate & { readonly identity: string })[]): void {
    this.#together(() => {
      for (const { side, key, identity } of found) this.#statements.identify.run(hashOf(identity), side, key)
    })
  }

  /** How many pairs of one key there are of which one side is chosen. */
  countPairs(): number {
    return this.#statements.countPairs.get()!
  }

  /** These pairs in the order of keys, behind `after`. */
  pairs(after: Uint8Array | undefined, limit: number): KeyPair[] {
    return after ? this.#statements.pairs.all(after, limit) : this.#statements.firstPairs.all(limit)
  }

  /** Gathers pairs of the newest entries of the calls that both sides have, of which one side is chosen. How many they are. */
  gatherCallPairs(): number {
    const newest = (side: SideNumber): string =>
      `(SELECT identity, key, size, chosen, max(ifnull(run_at, -1e300)) FROM entries
        WHERE side = ${side} AND identity IS NOT NULL GROUP BY identity)`
    this.#database.exec(
      `CREATE TEMP TABLE call_pairs AS SELECT l.key AS left, r.key AS right, l.size AS leftSize, r.size AS rightSize
       FROM ${newest(0)} l JOIN ${newest(1)} r ON r.identity = l.identity WHERE l.chosen OR r.chosen ORDER BY l.key`,
    )
    return this.#count('call_pairs')
  }

  *callPairs(pageRows: number): Generator<KeyPair[]> {
    yield* this.#pages<KeyPair>('call_pairs', pageRows)
  }

  /** Whether the entry of this key on the left is known as a call. */
  isIdentified(left: Uint8Array): boolean {
    return this.#statements.isIdentified.get(left) === 1
  }

  addLines(lines: readonly (Verdict & { left: Uint8Array | null; right: Uint8Array | null })[]): void {
    this.#together(() => {
      for (const { relation, left, right, why = null, changes = null } of lines) {
        this.#statements.addLine.run(relations.indexOf(relation), left, right, why, changes)
      }
    })
  }

  /** Lines for entries of one side alone: no other has their key, or (by call) neither their key nor their call. */
  addLone(by: 'key' | 'call'): void {
    const hasNoCall = `AND (a.identity IS NULL OR NOT EXISTS
      (SELECT 1 FROM entries c WHERE c.identity = a.identity AND c.side = 1 - a.side))`
    for (const side of [0, 1] as const) {
      const columns = side === 0 ? 'a.key, NULL' : 'NULL, a.key'
      const relation = relations.indexOf(side === 0 ? 'onlyLeft' : 'onlyRight')
      this.#database.exec(
        `INSERT INTO lines (relation, left, right) SELECT ${relation}, ${columns} FROM entries a
         WHERE a.side = ${side} AND a.chosen
           AND NOT EXISTS (SELECT 1 FROM entries b WHERE b.side = ${1 - side} AND b.key = a.key)
           ${by === 'call' ? hasNoCall : ''} ORDER BY a.key`,
      )
    }
  }

  /** When all lines are there: lets them be paged by relation. */
  finish(): void {
    this.#database.exec('CREATE INDEX lines_relation ON lines (relation, n)')
  }

  // ---- reading ------------------------------------------------------------------------------------

  totals(): CompareTotals {
    const totals = Object.fromEntries(
      relations.map((relation) => [relation, { entries: 0, bytes: 0, computeSeconds: 0 }]),
    ) as Record<Relation, CompareTotals[Relation]>
    for (const { relation, ...sums } of this.#statements.totals.all()) totals[relations[relation]!] = sums
    return totals
  }

  /**
   * Lines `[from, to)` of some relations, by relation, in the order in which they were found. `matching`: only those of which one
   * side is among these keys.
   */
  lines(
    of: readonly Relation[],
    from: number,
    to: number,
    matching?: readonly (readonly string[])[],
  ): { lines: CompareLine[]; total: number } {
    if (matching) this.#want(matching)
    const chosen = JSON.stringify(of.map((relation) => relations.indexOf(relation)))
    const where = `relation IN (SELECT value FROM json_each(?)) ${
      matching
        ? `AND (EXISTS (SELECT 1 FROM wanted WHERE side = 0 AND key = left) OR EXISTS (SELECT 1 FROM wanted WHERE side = 1 AND key = right))`
        : ''
    }`
    const total = this.#database
      .prepare<[string], number>(`SELECT count(*) FROM lines WHERE ${where}`)
      .pluck()
      .get(chosen)!
    const rows = this.#database
      .prepare<[string, number, number], StoredLine>(
        `SELECT lines.*, coalesce(l.call, r.call) AS call, coalesce(l.size, r.size) AS size, coalesce(l.elapsed, r.elapsed) AS elapsed
         FROM (SELECT * FROM lines WHERE ${where} ORDER BY relation, n LIMIT ? OFFSET ?) AS lines
         LEFT JOIN entries l ON l.side = 0 AND l.key = left LEFT JOIN entries r ON r.side = 1 AND r.key = right ORDER BY relation, n`,
      )
      .all(chosen, Math.max(0, to - from), from)
    return { lines: rows.map(lineOf), total }
  }

  #want(matching: readonly (readonly string[])[]): void {
    this.#database.exec('DELETE FROM wanted')
    this.#together(() => {
      for (const [side, keys] of matching.entries()) {
        for (const key of keys) this.#statements.want.run(side, parseKey(key))
      }
    })
  }

  #count(table: string): number {
    return this.#database.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get()!
  }

  *#pages<Stored>(table: string, pageRows: number): Generator<Stored[]> {
    const page = this.#database.prepare<[number, number], Stored>(
      `SELECT * FROM ${table} WHERE rowid > ? ORDER BY rowid LIMIT ?`,
    )
    for (let from = 0; ; from += pageRows) {
      const rows = page.all(from, pageRows)
      if (rows.length === 0) return
      yield rows
    }
  }

  #together(action: () => void): void {
    this.#database.transaction(action)()
  }
}

interface StoredLine {
  readonly relation: number
  readonly left: Uint8Array | null
  readonly right: Uint8Array | null
  readonly why: string | null
  readonly changes: number | null
  readonly call: string | null
  readonly size: number | null
  readonly elapsed: number | null
}

function lineOf({ relation, left, right, why, changes, call, size, elapsed }: StoredLine): CompareLine {
  return {
    relation: relations[relation]!,
    ...(left && { left: showKey(left) }),
    ...(right && { right: showKey(right) }),
    ...(why !== null && { why }),
    ...(changes !== null && { changes }),
    ...(call !== null && { call }),
    ...(size !== null && { sizeBytes: size }),
    ...(elapsed !== null && { elapsedSeconds: elapsed }),
  }
}

/** 16 bytes: two million different texts share one with a chance of 10^-26. */
function hashOf(text: string): Buffer {
  return createHash('sha1').update(text).digest().subarray(0, 16)
}

function pairsSql(condition: string): string {
  return `SELECT l.key AS left, r.key AS right, l.size AS leftSize, r.size AS rightSize FROM entries l
    JOIN entries r ON r.side = 1 AND r.key = l.key
    WHERE l.side = 0 AND (l.chosen OR r.chosen) ${condition} ORDER BY l.key LIMIT ?`
}

function prepare(database: Database.Database) {
  return {
    addEntry: database.prepare<
      [
        number,
        Uint8Array,
        Uint8Array | null,
        string | null,
        number | null,
        number | null,
        number | null,
        number,
      ]
    >(
      'INSERT OR IGNORE INTO entries (side, key, func, call, size, elapsed, run_at, chosen) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    choose: database.prepare<[number, Uint8Array]>(
      'UPDATE entries SET chosen = 1 WHERE side = ? AND key = ?',
    ),
    identify: database.prepare<[Uint8Array, number, Uint8Array]>(
      'UPDATE entries SET identity = ? WHERE side = ? AND key = ?',
    ),
    countPairs: database
      .prepare<[], number>(
        'SELECT count(*) FROM entries l JOIN entries r ON r.side = 1 AND r.key = l.key WHERE l.side = 0 AND (l.chosen OR r.chosen)',
      )
      .pluck(),
    pairs: database.prepare<[Uint8Array, number], KeyPair>(pairsSql('AND l.key > ?')),
    firstPairs: database.prepare<[number], KeyPair>(pairsSql('')),
    isIdentified: database
      .prepare<[Uint8Array], number>('SELECT identity IS NOT NULL FROM entries WHERE side = 0 AND key = ?')
      .pluck(),
    addLine: database.prepare<[number, Uint8Array | null, Uint8Array | null, string | null, number | null]>(
      'INSERT INTO lines (relation, left, right, why, changes) VALUES (?, ?, ?, ?, ?)',
    ),
    want: database.prepare<[number, Uint8Array]>('INSERT OR IGNORE INTO wanted VALUES (?, ?)'),
    totals: database.prepare<
      [],
      { relation: number; entries: number; bytes: number; computeSeconds: number }
    >(
      `SELECT relation, count(*) AS entries, total(coalesce(l.size, r.size)) AS bytes, total(coalesce(l.elapsed, r.elapsed)) AS computeSeconds
       FROM lines LEFT JOIN entries l ON l.side = 0 AND l.key = left LEFT JOIN entries r ON r.side = 1 AND r.key = right
       GROUP BY relation`,
    ),
  }
}
