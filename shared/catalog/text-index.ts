import type { Database } from 'better-sqlite3'
import type { Condition } from './query/condition.ts'
import { foldFor, isAscii, likePattern } from './query/text.ts'

/** With more candidates than this, reading all texts is faster than following the index. */
const candidateLimit = 20_000

/**
 * Where a piece of text occurs in calls and output previews.
 *
 * Making the trigram index costs twice as much as all the rest of a row, and a scan of a million texts is
 * some 0.2 s. So it follows behind: texts up to `meta.textTo` are in it (`step` goes on), later ones are
 * scanned. Words that are not ASCII, too short or too common are scanned for as well.
 */
export class TextIndex {
  readonly #database: Database
  readonly #indexedTo
  readonly #setIndexedTo
  readonly #insert
  readonly #delete
  readonly #pending
  readonly #candidates

  constructor(database: Database) {
    this.#database = database
    this.#indexedTo = database.prepare<[], number>(`SELECT value FROM meta WHERE name = 'textTo'`).pluck()
    this.#setIndexedTo = database.prepare(`UPDATE meta SET value = ? WHERE name = 'textTo'`)
    this.#insert = database.prepare('INSERT INTO trigrams (rowid, body) VALUES (?, ?)')
    this.#delete = database.prepare(`INSERT INTO trigrams (trigrams, rowid, body) VALUES ('delete', ?, ?)`)
    this.#pending = database.prepare<[number, number], TextRow>(
      'SELECT id, call, output FROM texts WHERE id > ? ORDER BY id LIMIT ?',
    )
    this.#candidates = database
      .prepare<[string, number], number>(
        'SELECT count(*) FROM (SELECT 1 FROM trigrams WHERE trigrams MATCH ? LIMIT ?)',
      )
      .pluck()
  }

  /** To be called, in the transaction, before a row of `texts` changes or goes… */
  forget(row: TextRow): void {
    if (row.id <= this.#indexedTo.get()!) this.#delete.run(row.id, body(row))
  }

  /** …and after it changed. */
  renew(row: TextRow): void {
    if (row.id <= this.#indexedTo.get()!) this.#insert.run(row.id, body(row))
  }

  /** Takes up to `rows` more texts into the index, in one transaction; how many they were. */
  step(rows: number): number {
    return this.#database
      .transaction(() => {
        const pending = this.#pending.all(this.#indexedTo.get()!, rows)
        for (const row of pending) this.#insert.run(row.id, body(row))
        const last = pending.at(-1)
        if (last) this.#setIndexedTo.run(last.id)
        return pending.length
      })
      .immediate()
  }

  /** A `SELECT` of the ids of entries whose call or output preview contains `text`, ignoring case. */
  selection(text: string): Condition {
    const match = containment(text)
    const scan: Condition = { sql: `SELECT id FROM texts WHERE ${match.sql}`, parameters: match.parameters }
    const terms = this.#trigramQuery(text)
    if (terms === undefined) return scan
    return {
      sql:
        `SELECT id FROM texts WHERE id IN (SELECT rowid FROM trigrams WHERE trigrams MATCH ?) AND ${match.sql}` +
        ` UNION ALL ${scan.sql} AND id > ?`,
      parameters: [terms, ...match.parameters, ...scan.parameters, this.#indexedTo.get()!],
    }
  }

  /** A query of all trigrams of the text, if the index can be asked for it with gain. */
  #trigramQuery(text: string): string | undefined {
    if (text.length < 3 || !isAscii(text) || this.#indexedTo.get() === 0) return undefined
    const trigrams = new Set<string>()
    for (let i = 0; i + 3 <= text.length; i++) trigrams.add(text.slice(i, i + 3))
    const query = [...trigrams]
      .slice(0, 64)
      .map((trigram) => `"${trigram.replaceAll('"', '""')}"`)
      .join(' AND ')
    return this.#candidates.get(query, candidateLimit + 1)! > candidateLimit ? undefined : query
  }
}

interface TextRow {
  readonly id: number
  readonly call: string | null
  readonly output: string | null
}

function body({ call, output }: TextRow): string {
  return `${call ?? ''}\n${output ?? ''}`
}

function containment(text: string): Condition {
  if (isAscii(text)) {
    const pattern = `%${likePattern(text, false)}%`
    return {
      sql: String.raw`(ifnull(call LIKE ? ESCAPE '\', 0) OR ifnull(output LIKE ? ESCAPE '\', 0))`,
      parameters: [pattern, pattern],
    }
  }
  const wanted = foldFor(text)(text)
  return {
    sql: `(ifnull(instr(fold(call), ?), 0) OR ifnull(instr(fold(output), ?), 0))`,
    parameters: [wanted, wanted],
  }
}
