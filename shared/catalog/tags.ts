import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import type { Database } from 'better-sqlite3'
import { AppError } from '../model/errors.ts'
import { makeOwnFolder, whyUnusable } from './own-folder.ts'

/**
 * Words that a person puts on entries. They are ours, never in the user's cache: a file for each cache in the data
 * folder, beside the indexes and apart from them, because an index may be thrown away and tags may not.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS tags (tag TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY (tag, key)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS tags_key ON tags (key);
`
/** `hctg` */
const applicationId = 0x68_63_74_67
const busyTimeoutMs = 10_000
const longestTag = 60
/** So many keys are asked for in one statement: some hundreds of kilobytes of text. */
const keysAtOnce = 5_000

export interface TagCount {
  readonly tag: string
  /** Keys that have it, also such as are not in the cache now. */
  readonly entries: number
}

export interface TagChange {
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

/** The tags of one cache. What is asked before the first is set makes no file. */
export class Tags {
  readonly #file: string | undefined
  #database: Database | undefined

  private constructor(file: string | undefined) {
    this.#file = file
  }

  /** Those of the cache whose index stands in a file. Of an index in memory: none, and none can be set. */
  static besideIndex(indexFile: string): Tags {
    const isKept = indexFile !== ':memory:'
    return new Tags(isKept ? join(dirname(dirname(indexFile)), 'tags', basename(indexFile)) : undefined)
  }

  close(): void {
    this.#database?.close()
    this.#database = undefined
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** Another number after another process has changed them; 0: there are none yet. Own changes do not count. */
  version(): number {
    return this.#ask(0, (database) => database.pragma('data_version', { simple: true }) as number)
  }

  /** All tags of the cache, by name. */
  list(): TagCount[] {
    return this.#ask([], (database) =>
      database
        .prepare<[], TagCount>('SELECT tag, count(*) AS entries FROM tags GROUP BY tag ORDER BY tag')
        .all(),
    )
  }

  /** The tags of keys, by key as binary text (`latin1`); keys without any are left out. */
  of(keys: readonly Uint8Array[]): Map<string, string[]> {
    return this.#ask(new Map<string, string[]>(), (database) => {
      const found = new Map<string, string[]>()
      const rows = database
        .prepare<[string], { key: Buffer; tag: string }>(
          'SELECT tags.key, tag FROM json_each(?) AS wanted JOIN tags ON tags.key = unhex(wanted.value) ORDER BY tag',
        )
        .iterate(hexList(keys))
      for (const { key, tag } of rows) {
        const name = key.toString('latin1')
        found.set(name, [...(found.get(name) ?? []), tag])
      }
      return found
    })
  }

  /** Tags of these keys by name, with how many of them have each. */
  among(keys: readonly Uint8Array[]): TagCount[] {
    return this.#ask([], (database) => {
      const counts = new Map<string, number>()
      const any = database.prepare<[], number>('SELECT 1 FROM tags LIMIT 1').pluck()
      if (any.get() === undefined) return []
      const counted = database.prepare<[string], TagCount>(
        'SELECT tag, count(*) AS entries FROM json_each(?) AS wanted JOIN tags ON tags.key = unhex(wanted.value) GROUP BY tag',
      )
      for (let from = 0; from < keys.length; from += keysAtOnce)
        for (const { tag, entries } of counted.iterate(hexList(keys.slice(from, from + keysAtOnce))))
          counts.set(tag, (counts.get(tag) ?? 0) + entries)
      return [...counts]
        .map(([tag, entries]) => ({ tag, entries }))
        .toSorted((a, b) => (a.tag < b.tag ? -1 : 1))
    })
  }

  /** Keys in hex, as a JSON list, of all that have a tag that passes. */
  keysWhere(passes: (tag: string) => boolean): string {
    const tags = this.list().flatMap(({ tag }) => (passes(tag) ? [tag] : []))
    if (tags.length === 0) return '[]'
    return this.#ask('[]', (database) =>
      database
        .prepare<[string], string>(
          'SELECT json_group_array(DISTINCT hex(tags.key)) FROM json_each(?) AS wanted JOIN tags ON tag = wanted.value',
        )
        .pluck()
        .get(JSON.stringify(tags))!,
    )
  }

  /**
   * Puts tags on keys and takes others off, all of it or nothing. Answers how many keys are different now.
   *
   * @throws AppError USAGE for what is no tag, REFUSED where nothing can be kept
   */
  change(keys: readonly Uint8Array[], { add, remove }: TagChange): number {
    for (const tag of [...add, ...remove]) checkTag(tag)
    if (add.length === 0 && !this.#isThere()) return 0
    const database = this.#made()
    const insert = database.prepare('INSERT OR IGNORE INTO tags VALUES (?, ?)')
    const drop = database.prepare('DELETE FROM tags WHERE tag = ? AND key = ?')
    let changed = 0
    try {
      database
        .transaction(() => {
          for (const key of keys) {
            let changes = 0
            for (const tag of add) changes += insert.run(tag, key).changes
            for (const tag of remove) changes += drop.run(tag, key).changes
            if (changes > 0) changed++
          }
        })
        .immediate()
    } catch (thrown) {
      throw this.#refusal(thrown)
    }
    return changed
  }

  /** Nothing is kept yet: `none`. @throws AppError REFUSED for a file that cannot be read, which is not the index */
  #ask<Answer>(none: Answer, question: (database: Database) => Answer): Answer {
    if (!this.#isThere()) return none
    const { database, isKept } = this.#readable()
    try {
      return question(database)
    } catch (thrown) {
      throw this.#refusal(thrown)
    } finally {
      if (!isKept) database.close()
    }
  }

  /** @throws AppError REFUSED where nobody can say: tags may protect what they are on */
  #isThere(): boolean {
    if (this.#database) return true
    try {
      return this.#file !== undefined && statSync(this.#file, { throwIfNoEntry: false }) !== undefined
    } catch (thrown) {
      throw this.#refusal(thrown)
    }
  }

  /** Where it cannot be written it is opened for one question, so that what others write there is seen by the next. */
  #readable(): { database: Database; isKept: boolean } {
    try {
      return { database: this.#made(), isKept: true }
    } catch (thrown) {
      const database = this.#file === undefined ? undefined : openToRead(this.#file)
      if (!database) throw thrown
      return { database, isKept: false }
    }
  }

  #made(): Database {
    if (this.#database) return this.#database
    const file = this.#file
    if (file === undefined)
      throw new AppError('REFUSED', 'Tags cannot be kept, because the data folder cannot be written.')
    try {
      makeOwnFolder(dirname(file))
      this.#database = openTags(file)
      return this.#database
    } catch (thrown) {
      throw this.#refusal(thrown)
    }
  }

  #refusal(thrown: unknown): AppError {
    if (thrown instanceof AppError) return thrown
    const why = this.#file === undefined ? (thrown as Error).message : whyUnusable(this.#file, thrown)
    const message = `The tags in ${this.#file} cannot be used (${why}); free the file and its disk, or choose another data folder with HASHCACHE_DATA.`
    return new AppError('REFUSED', message, { cause: thrown, data: { path: this.#file ?? '' } })
  }
}

function openTags(file: string): Database {
  const database = new BetterSqlite3(file, { timeout: busyTimeoutMs })
  try {
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('trusted_schema = OFF')
    database.pragma(`application_id = ${applicationId}`)
    database.exec(schema)
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

/** Where it cannot be written; `undefined`: nor can it be read. */
function openToRead(file: string): Database | undefined {
  return (
    openedIfTags(() => new BetterSqlite3(file, { readonly: true, timeout: busyTimeoutMs })) ??
    openedIfTags(() => new BetterSqlite3(copyOf(file)))
  )
}

function openedIfTags(open: () => Database): Database | undefined {
  let database: Database | undefined
  try {
    database = open()
    database.pragma('trusted_schema = OFF')
    database.prepare('SELECT tag, key FROM tags LIMIT 1').get()
    return database
  } catch {
    database?.close()
    return undefined
  }
}

/**
 * In a folder where no file can be made SQLite opens none that has a log, not even to read it. While there is no log
 * everything is in the file, and a copy is read that says it has none (bytes 18 and 19 of SQLite's file format).
 */
function copyOf(file: string): Buffer {
  const bytes = readFileSync(file)
  if (existsSync(`${file}-wal`)) throw new Error('Some of the tags are in the log.')
  bytes.fill(1, 18, 20)
  return bytes
}

/** Keys as a JSON list, for SQL to unpack: `unhex(value)` of each. */
function hexList(keys: readonly Uint8Array[]): string {
  return JSON.stringify(
    keys.map((key) => Buffer.from(key.buffer, key.byteOffset, key.length).toString('hex')),
  )
}

/** A tag is a word: it stands in filters and on command lines as it is. */
export function checkTag(tag: string): void {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.+-]*$/u.test(tag) && tag.length <= longestTag) return
  throw new AppError(
    'USAGE',
    `"${tag}" is no tag: a tag has letters, digits and . _ + - in it, begins with a letter, a digit or _, and is at most ${longestTag} characters long.`,
    { data: { tag } },
  )
}
