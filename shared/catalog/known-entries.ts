import type { Database } from 'better-sqlite3'
import type { IndexGuard } from './index-guard.ts'

/** What the catalog knows of an entry that the store still lists. */
export interface KnownEntry {
  readonly id: number
  readonly stamp: string | null
}

/** What the indexer asks of an index to find what has changed in the store since. Methods throw as the catalog's. */
export class KnownEntries {
  readonly #guard: IndexGuard
  readonly #statements

  constructor(database: Database, guard: IndexGuard) {
    this.#guard = guard
    this.#statements = prepareStatements(database)
  }

  /** The store's token when the catalog last was complete. */
  token(): string | undefined {
    return this.#guard.run(() => this.#statements.token.get())
  }

  /** Tokens of the parts as they were when each was last complete; `null`: it never was. */
  partTokens(): Map<string, string | null> {
    return this.#guard.run(() => new Map(this.#statements.parts.all()))
  }

  /** What the catalog has of a part, or of no part, by key as binary text (`latin1`). */
  ofPart(part: string | undefined): Map<string, KnownEntry> {
    const { ofPart, ofNoPart } = this.#statements
    return this.#guard.run(() => byKey(part === undefined ? ofNoPart.all() : ofPart.all(part)))
  }

  /** What the catalog has of these keys. */
  ofKeys(keys: readonly Uint8Array[]): Map<string, KnownEntry> {
    return this.#guard.run(() =>
      byKey(keys.map((key) => this.#statements.known.get(key)).filter((entry) => entry !== undefined)),
    )
  }

  /** How many entries each part has. */
  partCounts(): Map<string, number> {
    return this.#guard.run(() => new Map(this.#statements.partCounts.all()))
  }

  /** The highest id given so far. */
  lastId(): number {
    return this.#guard.run(() => this.#statements.lastId.get() ?? 0)
  }

  /** Keys as binary text (`latin1`) of all entries but those whose id passes. */
  keysUnless(passes: (id: number) => boolean): string[] {
    return this.#guard.run(() => {
      const keys: string[] = []
      for (const { id, key } of this.#statements.allKeys.iterate())
        if (!passes(id)) keys.push(key.toString('latin1'))
      return keys
    })
  }
}

function byKey(rows: readonly { id: number; key: Buffer; stamp: string | null }[]): Map<string, KnownEntry> {
  return new Map(rows.map(({ id, key, stamp }) => [key.toString('latin1'), { id, stamp }]))
}

function prepareStatements(database: Database) {
  type Known = { id: number; key: Buffer; stamp: string | null }
  return {
    token: database.prepare<[], string>(`SELECT value FROM meta WHERE name = 'token'`).pluck(),
    parts: database.prepare<[], [string, string | null]>('SELECT name, token FROM parts').raw(),
    known: database.prepare<[Uint8Array], Known>('SELECT id, key, stamp FROM entries WHERE key = ?'),
    ofPart: database.prepare<[string], Known>(
      'SELECT id, key, stamp FROM entries WHERE part = (SELECT id FROM parts WHERE name = ?)',
    ),
    ofNoPart: database.prepare<[], Known>('SELECT id, key, stamp FROM entries WHERE part IS NULL'),
    partCounts: database
      .prepare<[], [string, number]>(
        'SELECT name, count(*) FROM parts JOIN entries ON entries.part = parts.id GROUP BY parts.id',
      )
      .raw(),
    allKeys: database.prepare<[], { id: number; key: Buffer }>('SELECT id, key FROM entries'),
    lastId: database.prepare<[], number>('SELECT max(id) FROM entries').pluck(),
  }
}
