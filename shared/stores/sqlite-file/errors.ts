import { dirname } from 'node:path'

import BetterSqlite3 from 'better-sqlite3'

import { closedPath } from '../paths.ts'
import { sqliteFault } from './fault.ts'

/** SQLite's own name of what went wrong, extended (`SQLITE_CORRUPT_INDEX`); `undefined` for other errors. */
export function sqliteCode(thrown: unknown): string | undefined {
  return thrown instanceof BetterSqlite3.SqliteError ? thrown.code : undefined
}

export function isCorrupt(thrown: unknown): boolean {
  const code = sqliteCode(thrown)
  return code !== undefined && (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
}

/** A value beyond what SQLite reads in this program: 536,870,888 bytes, V8's longest text. Python's reads 1,000,000,000. */
export function isTooLarge(thrown: unknown): boolean {
  return sqliteCode(thrown) === 'SQLITE_TOOBIG'
}

/** A fault that another moment or another way of opening may not have. */
export function isPassing(thrown: unknown): boolean {
  const code = sqliteCode(thrown)
  return (
    code !== undefined &&
    /^SQLITE_(BUSY|LOCKED|CANTOPEN|PROTOCOL|SCHEMA|READONLY|IOERR_(SHORT_READ|LOCK|SHMOPEN|SHMMAP))/.test(
      code,
    )
  )
}

/** A fault that reading a copy does not have: a database to be repaired, or one that cannot be opened in place. */
export function isForCopy(thrown: unknown): boolean {
  return /^SQLITE_(READONLY|CANTOPEN|PROTOCOL)/.test(sqliteCode(thrown) ?? '')
}

/** The same of writing, where SQLite says of a closed file or folder (of its journal) no more than that it cannot. */
export function writingError(path: string, thrown: unknown): unknown {
  const mayBeClosed = /^SQLITE_(READONLY|CANTOPEN|PERM|IOERR)/.test(sqliteCode(thrown) ?? '')
  return (mayBeClosed ? closedPath([path, dirname(path)]) : undefined) ?? sqliteError(path, thrown)
}

/** What SQLite said about a file, as the program's error; other errors as they are. */
export function sqliteError(path: string, thrown: unknown): unknown {
  const code = sqliteCode(thrown)
  return code === undefined ? thrown : sqliteFault(path, code, (thrown as Error).message, thrown)
}
