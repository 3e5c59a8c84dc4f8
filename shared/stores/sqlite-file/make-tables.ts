import { dirname } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { makeFolder } from '../make-folder.ts'
import { isUnmade } from '../paths.ts'
import { sqliteCode, sqliteError } from './errors.ts'

const busyMs = 1_000

/**
 * Makes the tables of a new database, in a folder that is made too if need be. One transaction: whoever is killed in it
 * leaves an empty file, or one that the next writer's SQLite empties by its journal, so that it is made again then.
 * A database that has tables stays as it is, and so does one that somebody else is writing: its journal is no leftover.
 *
 * @throws AppError REFUSED
 */
export function makeTables(path: string, schema: string): void {
  makeFolder(dirname(path))
  let database
  try {
    database = new BetterSqlite3(path, { timeout: busyMs })
    database.exec('BEGIN IMMEDIATE')
    const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()
    if (tables === 0) database.exec(schema)
    database.exec('COMMIT')
  } catch (thrown) {
    if (sqliteCode(thrown)?.startsWith('SQLITE_BUSY') && !isUnmade(path)) return
    throw sqliteError(path, thrown)
  } finally {
    database?.close()
  }
}
