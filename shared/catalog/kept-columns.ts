import type { Database } from 'better-sqlite3'
import type { Packed } from './packed.ts'

/** With more changes than this a column is read anew: putting each of them into its place takes as long. */
const changesAtMost = 3_000

/** A column as it was at an earlier revision. */
export interface KeptColumn extends Packed {
  /** How many different values there were, where the column counts them. */
  readonly count: number
  /**
   * Ids of the entries that are new, different or gone since, ascending. Those that are gone may be higher than any that
   * there is now: what is as long as the ids of now has no place for them, and is another column all the same.
   */
  readonly changed: readonly number[]
}

interface StoredColumn extends Packed {
  readonly revision: number
  readonly count: number
}

/**
 * Columns in the index file as they stand in memory, one blob each: reading a million numbers so takes a few
 * milliseconds, where asking for a million rows takes a tenth of a second and sorting them by a text some seconds.
 *
 * Each is of the revision at which it was made. Writers note which entries they change from then on, so that the few
 * that are different now are read from the rows and the rest from the blob. Where they are too many, all that is kept
 * is thrown away. `meta.changesFrom` is the revision from which on notes of changes are here; there is none while nothing
 * is kept.
 */
export class KeptColumns {
  readonly #database: Database
  readonly #statements

  constructor(database: Database) {
    this.#database = database
    this.#statements = prepareStatements(database)
  }

  /** Inside a transaction. `undefined`: it must be read from the rows. */
  read(name: string): KeptColumn | undefined {
    const stored = this.#statements.select.get(name)
    if (!stored) return undefined
    const changed = this.#changedSince(stored.revision, Math.floor(stored.bytes.byteLength / stored.width))
    return changed && { ...stored, changed }
  }

  has(name: string): boolean {
    return this.#statements.has.get(name) !== undefined
  }

  names(): string[] {
    return this.#statements.names.all()
  }

  /** How many entries changed since the column was kept; infinite if it must be read from the rows anyway. */
  changes(name: string): number {
    const stored = this.#statements.size.get(name)
    if (!stored) return Number.POSITIVE_INFINITY
    return this.#changedSince(stored.revision, stored.length)?.length ?? Number.POSITIVE_INFINITY
  }

  #changedSince(revision: number, keptEnd: number): number[] | undefined {
    const changed = this.#statements.changedSince.all(revision, keptEnd, changesAtMost + 1)
    return changed.length > changesAtMost ? undefined : changed
  }

  /**
   * Keeps a column that was made of the rows of a revision, in a transaction of its own. False if changes were made
   * meanwhile that nobody noted: nothing is kept then.
   */
  write(name: string, { width, bytes, count }: Packed & { count: number }, revision: number): boolean {
    const { changesFrom, revision: now, noteFrom, put, prune, raiseFrom } = this.#statements
    return this.#database
      .transaction(() => {
        const from = changesFrom.get()
        if (from === undefined ? revision !== now.get() : revision < from) return false
        if (from === undefined) noteFrom.run(revision)
        put.run(name, revision, count, width, bytes)
        prune.run()
        // A column that another process made of an earlier revision would lack the changes that are forgotten now.
        raiseFrom.run()
        return true
      })
      .immediate()
  }

  /** Lets go of columns that nobody asks for any more. */
  drop(names: readonly string[]): void {
    if (names.length === 0) return
    this.#database
      .transaction(() => {
        for (const name of names) this.#statements.drop.run(name)
        if (!this.#statements.any.get()) this.#clear()
      })
      .immediate()
  }

  /** To be called before a writing transaction changes or removes entries; what it returns is told their ids. */
  noting(): (id: number) => void {
    if (this.#statements.changesFrom.get() === undefined) return () => undefined
    let noted = this.#statements.countChanged.get()!
    let isNoting = true
    return (id) => {
      if (!isNoting) return
      noted += this.#statements.note.run(id).changes
      if (noted <= 2 * changesAtMost) return
      this.#clear()
      isNoting = false
    }
  }

  #clear(): void {
    for (const statement of this.#statements.clear) statement.run()
  }
}

function prepareStatements(database: Database) {
  const revision = `(SELECT value FROM meta WHERE name = 'revision')`
  return {
    revision: database.prepare<[], number>(`SELECT ${revision}`).pluck(),
    changesFrom: database.prepare<[], number>(`SELECT value FROM meta WHERE name = 'changesFrom'`).pluck(),
    noteFrom: database.prepare<[number]>(`INSERT INTO meta VALUES ('changesFrom', ?)`),
    select: database.prepare<[string], StoredColumn>(
      'SELECT revision, count, width, bytes FROM kept WHERE name = ?',
    ),
    size: database.prepare<[string], { revision: number; length: number }>(
      'SELECT revision, length(bytes) / width AS length FROM kept WHERE name = ?',
    ),
    has: database.prepare<[string], number>('SELECT 1 FROM kept WHERE name = ?').pluck(),
    any: database.prepare<[], number>('SELECT 1 FROM kept LIMIT 1').pluck(),
    names: database.prepare<[], string>('SELECT name FROM kept').pluck(),
    put: database.prepare<[string, number, number, number, Uint8Array]>(
      `INSERT INTO kept (name, revision, count, width, bytes) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
         revision = excluded.revision, count = excluded.count, width = excluded.width, bytes = excluded.bytes`,
    ),
    drop: database.prepare<[string]>('DELETE FROM kept WHERE name = ?'),
    prune: database.prepare<[]>('DELETE FROM changed WHERE revision <= (SELECT min(revision) FROM kept)'),
    raiseFrom: database.prepare<[]>(
      `UPDATE meta SET value = (SELECT min(revision) FROM kept) WHERE name = 'changesFrom'`,
    ),
    // Of the revision that the transaction makes.
    note: database.prepare<[number]>(
      `INSERT INTO changed VALUES (?, ${revision} + 1) ON CONFLICT DO UPDATE SET revision = excluded.revision`,
    ),
    countChanged: database.prepare<[], number>('SELECT count(*) FROM changed').pluck(),
    changedSince: database
      .prepare<[number, number, number], number>(
        `SELECT id FROM changed WHERE revision > ? UNION SELECT id FROM entries WHERE id >= ? ORDER BY id LIMIT ?`,
      )
      .pluck(),
    clear: ['DELETE FROM kept', 'DELETE FROM changed', `DELETE FROM meta WHERE name = 'changesFrom'`].map(
      (sql) => database.prepare(sql),
    ),
  }
}
