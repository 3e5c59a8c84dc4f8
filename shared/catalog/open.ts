import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { AppError } from '../model/errors.ts'
import { showKey } from '../model/keys.ts'
import { makeOwnFolder, whyUnusable } from './own-folder.ts'
import { regexFinds } from './query/regex.ts'
import { matchesPattern } from './query/text.ts'
import { migrate, readVersion, schemaVersion } from './migrations.ts'

/**
 * Opens an index file, making it (and its folder, for this user only) if it is not there. One that is
 * damaged, of a newer schema or no database at all is thrown away and begun anew: it is only an index.
 *
 * @throws AppError REFUSED if the file cannot be made or opened.
 */
export function openIndexFile(file: string): Database.Database {
  try {
    if (file !== ':memory:') makeOwnFolder(dirname(file))
    return tryOpen(file)
  } catch (thrown) {
    // Another program's tables give plain errors ("no such column").
    const foreign = thrown instanceof Database.SqliteError && thrown.code === 'SQLITE_ERROR'
    if (!isDamage(thrown) && !foreign) throw refusal(file, thrown)
  }
  try {
    removeIndexFile(file)
    return tryOpen(file)
  } catch (thrown) {
    throw refusal(file, thrown)
  }
}

export function removeIndexFile(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
}

/** Whether SQLite said that the file itself is broken (as against: locked, full, not allowed). */
function isDamage(thrown: unknown): boolean {
  if (thrown instanceof NewerSchema) return true
  return thrown instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB|FORMAT)/.test(thrown.code)
}

/**
 * The same of an index that is open. A torn row may claim more bytes than there is memory: whether it was the file or
 * the machine, a look through the file tells (some seconds for a million entries; memory that is short is rare).
 */
export function isDamageOf(database: Database.Database, thrown: unknown): boolean {
  if (isDamage(thrown)) return true
  if (!(thrown instanceof Database.SqliteError) || thrown.code !== 'SQLITE_NOMEM') return false
  try {
    return database.pragma('quick_check(1)', { simple: true }) !== 'ok'
  } catch (found) {
    return isDamage(found)
  }
}

class NewerSchema extends Error {}

const busyTimeoutMs = 10_000

function tryOpen(file: string): Database.Database {
  const database = new Database(file, { timeout: busyTimeoutMs })
  try {
    if (readVersion(database) > schemaVersion) throw new NewerSchema(`schema ${readVersion(database)}`)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    database.pragma('temp_store = MEMORY')
    // Some 32 MB: pages that many transactions touch are copied into the database once.
    database.pragma('wal_autocheckpoint = 8000')
    database.pragma('cache_size = -65536')
    // Reads are not to trust what a damaged or foreign file says about its own schema.
    database.pragma('trusted_schema = OFF')
    migrate(database)
    checkTables(database)
    registerFunctions(database)
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

/** Touches every table, so that a file of another program or a torn one is noticed now. */
function checkTables(database: Database.Database): void {
  for (const table of [
    'entries',
    'texts',
    'arguments',
    'strings',
    'parts',
    'insides',
    'entry_sums',
    'argument_sums',
    'meta',
    'changed',
  ]) {
    database.prepare(`SELECT * FROM ${table} LIMIT 1`).get()
  }
  database.prepare('SELECT name, revision, count, width FROM kept LIMIT 1').get()
  database.prepare(`SELECT rowid FROM trigrams WHERE trigrams MATCH '"aaa"' LIMIT 1`).get()
}

/** What conditions of `query/` call. */
function registerFunctions(database: Database.Database): void {
  const options = { deterministic: true }
  database.function('fold', options, (text: unknown) =>
    typeof text === 'string' ? text.toLowerCase() : null,
  )
  database.function('matches_pattern', options, (text: unknown, pattern: unknown) =>
    matchesPattern(String(pattern), String(text).toLowerCase()) ? 1 : 0,
  )
  database.function('regex_finds', options, (text: unknown, regex: unknown) => {
    if (typeof text !== 'string') return 0
    return regexFinds(text, String(regex)) ? 1 : 0
  })
  database.function('key_finds', options, (key: unknown, regex: unknown) => {
    return regexFinds(showKey(key as Uint8Array), String(regex)) ? 1 : 0
  })
  database.function('key_matches', options, (key: unknown, pattern: unknown) =>
    matchesPattern(String(pattern), showKey(key as Uint8Array)) ? 1 : 0,
  )
}

function refusal(file: string, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  return new AppError(
    'REFUSED',
    `The index ${file} cannot be opened (${whyUnusable(file, thrown)}); free the file or choose another data folder with HASHCACHE_DATA.`,
    { cause: thrown, data: { path: file } },
  )
}
