import BetterSqlite3 from 'better-sqlite3'
import type { Database } from 'better-sqlite3'
import { sqliteError } from '../sqlite-file/errors.ts'

/** A table of its own, made with the first tag: archives of before have none. */
const schema =
  'CREATE TABLE IF NOT EXISTS tags (key BLOB NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (key, tag)) WITHOUT ROWID'
const busyMs = 10_000

export interface Tagged {
  readonly key: Uint8Array
  readonly tags: readonly string[]
}

/** The tags that an archive brings along for these keys, in the order asked. @throws AppError as for its entries */
export function readArchiveTags(path: string, keys: readonly Uint8Array[]): string[][] {
  return withArchive(path, { readonly: true }, (database) => {
    const has = database.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'tags'`).get()
    if (!has) return keys.map(() => [])
    const tagsOf = database
      .prepare<[Uint8Array], string>('SELECT tag FROM tags WHERE key = ? ORDER BY tag')
      .pluck()
    return keys.map((key) => tagsOf.all(key))
  })
}

export function addArchiveTags(path: string, entries: readonly Tagged[]): void {
  withArchive(path, {}, (database) => {
    database.exec(schema)
    const insert = database.prepare('INSERT OR IGNORE INTO tags VALUES (?, ?)')
    database.transaction(() => {
      for (const { key, tags } of entries) for (const tag of tags) insert.run(key, tag)
    })()
  })
}

function withArchive<Answer>(
  path: string,
  options: { readonly readonly?: boolean },
  work: (database: Database) => Answer,
): Answer {
  let database
  try {
    database = new BetterSqlite3(path, { ...options, fileMustExist: true, timeout: busyMs })
    return work(database)
  } catch (thrown) {
    throw sqliteError(path, thrown)
  } finally {
    database?.close()
  }
}
