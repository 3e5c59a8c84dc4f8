import BetterSqlite3 from 'better-sqlite3'
import { openFileSource } from '../../decode/file-source.ts'
import { AppError } from '../../model/errors.ts'
import { writingError } from '../sqlite-file/errors.ts'
import { makeTables } from '../sqlite-file/make-tables.ts'

/** `hcar`, at byte 68 of the file as SQLite keeps it: what tells an archive from any other database. */
const applicationId = 0x68_63_61_72
const applicationIdAt = 68
const busyMs = 5_000
export const entriesTable = 'entries'

const trigger = `CREATE TRIGGER undescribed AFTER UPDATE OF value ON entries BEGIN
    UPDATE entries SET sha256 = NULL, modified_ms = NULL, record = NULL WHERE key = new.key;
  END`

/**
 * The layout, see `docs/archive.md`. `sha256`, `modified_ms` and `record` are filled in the transaction behind the one
 * that writes the value: where they are NULL, that one was not reached. A new value takes the old one's away with it.
 */
const schema = `
  CREATE TABLE entries (
    key BLOB PRIMARY KEY NOT NULL,
    value BLOB,
    sha256 TEXT,
    modified_ms REAL,
    record TEXT
  );
  ${trigger};
  CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = 1;
`

/** By the first bytes of the file, read so that its times stay. */
export function isArchive(path: string): boolean {
  const length = applicationIdAt + 4
  try {
    using file = openFileSource(path)
    if (file.byteLength < length) return false
    const head = Buffer.from(file.read(0, length))
    return (
      head.toString('latin1', 0, 15) === 'SQLite format 3' &&
      head.readUInt32BE(applicationIdAt) === applicationId
    )
  } catch (thrown) {
    if (thrown instanceof AppError) return false
    throw thrown
  }
}

/** Gives an archive of an earlier version, which had none, its trigger, before a value in it is replaced. @throws AppError REFUSED */
export function addTrigger(path: string): void {
  let database: BetterSqlite3.Database | undefined
  try {
    database = new BetterSqlite3(path, { fileMustExist: true, timeout: busyMs })
    const has = database.prepare(
      `SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = 'undescribed'`,
    )
    if (!has.get()) database.exec(trigger.replace('CREATE TRIGGER', '$& IF NOT EXISTS'))
  } catch (thrown) {
    throw writingError(path, thrown)
  } finally {
    database?.close()
  }
}

/** @throws AppError REFUSED */
export function createArchive(path: string): void {
  const now = new Date().toISOString()
  makeTables(path, `${schema} INSERT INTO about VALUES ('created', '${now}');`)
}
