import Database, { type Statement } from 'better-sqlite3'
import { hash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeOwnFolder, namesIn, whyUnusable } from '../catalog/own-folder.ts'
import { namedStatus } from '../decode/file-source.ts'
import { AppError } from '../model/errors.ts'
import { showKey } from '../model/keys.ts'
import { tooLong } from '../stores/sqlite-file/largest.ts'
import type { StoreRef } from './contract.ts'

/**
 * What a job took out of a cache: the values as they were stored, with all that brings them back as they were. An
 * entry without a value stands in the folder `files` beside `bin.sqlite`, where its own file was renamed to.
 */
const schema = `
  CREATE TABLE bin (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE entries (
    key BLOB PRIMARY KEY,
    value BLOB,
    sha256 TEXT,
    bytes INTEGER NOT NULL,
    modified_ms REAL, accessed_ms REAL,
    expires_at_ms REAL,
    taken_at_ms REAL NOT NULL
  );
  PRAGMA user_version = 1;
`
/** `hcit` */
const applicationId = 0x68_63_69_74

export interface BinInfo {
  readonly job: string
  readonly title: string
  readonly store: StoreRef
  readonly createdAtMs: number
}

export interface BinEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** In hex. */
  readonly sha256: string
  readonly modifiedMs?: number
  readonly accessedMs?: number
  readonly expiresAtMs?: number
  readonly takenAtMs: number
}

interface BinRow {
  readonly value: Buffer | null
  readonly sha256: string
  readonly bytes: number
  readonly modified_ms: number | null
  readonly accessed_ms: number | null
  readonly expires_at_ms: number | null
  readonly taken_at_ms: number
}

export function sha256Of(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}

function trashFolder(dataFolder: string): string {
  return join(dataFolder, 'trash')
}

/** The bin of one job. What was put in is on the disk when `put` returns. */
export class TrashBin implements Disposable {
  readonly folder: string
  readonly #database: Database.Database

  // Asked for each entry: prepared once.
  readonly #isFile: Statement<[Uint8Array], number>
  readonly #entry: Statement<[Uint8Array], BinRow>
  readonly #digest: Statement<[Uint8Array], string | null>

  private constructor(folder: string, database: Database.Database) {
    this.folder = folder
    this.#database = database
    this.#isFile = database
      .prepare<[Uint8Array], number>('SELECT 1 FROM entries WHERE key = ? AND value IS NULL')
      .pluck()
    this.#entry = database.prepare('SELECT * FROM entries WHERE key = ?')
    this.#digest = database
      .prepare<[Uint8Array], string | null>('SELECT sha256 FROM entries WHERE key = ?')
      .pluck()
  }

  /** @throws AppError REFUSED where one may not look: what cannot be seen is not gone */
  static exists(dataFolder: string, job: string): boolean {
    return namedStatus(join(trashFolder(dataFolder), job, 'bin.sqlite')) !== undefined
  }

  /** Opens the bin of a job, making it if it is not there. @throws AppError REFUSED, DAMAGED */
  static open(dataFolder: string, info: BinInfo): TrashBin {
    const folder = join(trashFolder(dataFolder), info.job)
    makeOwnFolder(folder)
    return TrashBin.#at(folder, info)
  }

  /** The bin of a job that has one. @throws AppError NOT_FOUND, DAMAGED */
  static find(dataFolder: string, job: string): TrashBin {
    if (!/^[\w-]+$/.test(job) || !TrashBin.exists(dataFolder, job)) {
      const sentence = `The trash has nothing of job ${job} any more; "hashcache trash" lists what it has.`
      throw new AppError('NOT_FOUND', sentence, { data: { id: job } })
    }
    return TrashBin.#at(join(trashFolder(dataFolder), job))
  }

  static #at(folder: string, info?: BinInfo): TrashBin {
    const file = join(folder, 'bin.sqlite')
    try {
      const database = new Database(file, { timeout: 10_000 })
      database.pragma('journal_mode = WAL')
      // What is in the trash is deleted elsewhere next: it must be on the disk first.
      database.pragma('synchronous = FULL')
      database.pragma('trusted_schema = OFF')
      if (database.pragma('user_version', { simple: true }) === 0 && info) {
        database.transaction(() => {
          database.pragma(`application_id = ${applicationId}`)
          database.exec(schema)
          database.prepare('INSERT INTO bin VALUES (?, ?)').run('info', JSON.stringify(info))
        })()
      }
      if (database.pragma('application_id', { simple: true }) === applicationId)
        return new TrashBin(folder, database)
      database.close()
    } catch (thrown) {
      if (!(thrown instanceof Database.SqliteError)) throw thrown
      const isDamaged = /^SQLITE_(CORRUPT|NOTADB)/.test(thrown.code)
      const why = isDamaged ? thrown.message : whyUnusable(file, thrown)
      const sentence = `The trash bin ${file} cannot be used (${why}); mend that, then try again.`
      throw new AppError(isDamaged ? 'DAMAGED' : 'REFUSED', sentence, { cause: thrown })
    }
    throw new AppError('DAMAGED', `${file} is no trash bin of this version of the program.`)
  }

  get info(): BinInfo {
    const text = this.#database.prepare<[], string>(`SELECT value FROM bin WHERE name = 'info'`).pluck().get()
    return JSON.parse(text ?? '{}') as BinInfo
  }

  /** Since when it is known to be over its time; see `expireTrash`. */
  get overSinceMs(): number | undefined {
    return this.#database
      .prepare<[], number>(`SELECT CAST(value AS REAL) FROM bin WHERE name = 'over since'`)
      .pluck()
      .get()
  }

  set overSinceMs(ms: number | undefined) {
    if (ms === undefined) this.#database.exec(`DELETE FROM bin WHERE name = 'over since'`)
    else this.#database.prepare(`INSERT OR REPLACE INTO bin VALUES ('over since', ?)`).run(String(ms))
  }

  /** Where stores of files set entries aside. */
  get files(): string {
    const folder = join(this.folder, 'files')
    makeOwnFolder(folder)
    return folder
  }

  /** Notes entries that are about to be set aside; they count from now on. */
  putFiles(entries: readonly { readonly key: Uint8Array; readonly bytes: number }[]): void {
    const insert = this.#database.prepare(
      'INSERT OR IGNORE INTO entries VALUES (?, NULL, NULL, ?, NULL, NULL, NULL, ?)',
    )
    this.#write(() => {
      for (const { key, bytes } of entries) insert.run(key, bytes, Date.now())
    })
  }

  has(key: Uint8Array): boolean {
    return this.isFile(key) || this.digestOf(key) !== undefined
  }

  /** True for an entry that was set aside as a file. */
  isFile(key: Uint8Array): boolean {
    return this.#isFile.get(key) === 1
  }

  totals(): { entries: number; bytes: number } {
    return this.#database
      .prepare<[], { entries: number; bytes: number }>(
        'SELECT count(*) AS entries, ifnull(sum(bytes), 0) AS bytes FROM entries',
      )
      .get()!
  }

  /**
   * Keeps entries; one that is there already is replaced, for it was put in by a run that was killed.
   *
   * @throws AppError REFUSED also for a value that cannot be kept whole: `cannotKeep` says so before
   */
  put(entries: readonly BinEntry[]): void {
    for (const { key, value } of entries) {
      const why = cannotKeep(key, value)
      if (why !== undefined) throw new AppError('REFUSED', why)
    }
    const insert = this.#database.prepare('INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    this.#write(() => {
      for (const { key, value, sha256, modifiedMs, accessedMs, expiresAtMs, takenAtMs } of entries) {
        const times = [modifiedMs ?? null, accessedMs ?? null, expiresAtMs ?? null, takenAtMs]
        insert.run(key, value, sha256, value.length, ...times)
      }
    })
  }

  /** @throws AppError DAMAGED if the bytes are not those that were put in. */
  get(key: Uint8Array): BinEntry | undefined {
    const row = this.#entry.get(key)
    if (!row?.value) return undefined
    const value = new Uint8Array(row.value)
    if (sha256Of(value) !== row.sha256)
      throw new AppError(
        'DAMAGED',
        `${showKey(key)} is damaged in the trash ${this.folder}; it was not brought back.`,
      )
    return {
      key,
      value,
      sha256: row.sha256,
      takenAtMs: row.taken_at_ms,
      ...(row.modified_ms === null ? {} : { modifiedMs: row.modified_ms }),
      ...(row.accessed_ms === null ? {} : { accessedMs: row.accessed_ms }),
      ...(row.expires_at_ms === null ? {} : { expiresAtMs: row.expires_at_ms }),
    }
  }

  /** The digest of what the bin has under a key, without reading the value. */
  digestOf(key: Uint8Array): string | undefined {
    return this.#digest.get(key) ?? undefined
  }

  drop(keys: readonly Uint8Array[]): void {
    const remove = this.#database.prepare('DELETE FROM entries WHERE key = ?')
    this.#write(() => {
      for (const key of keys) remove.run(key)
    })
  }

  /** All of it or nothing. @throws AppError REFUSED if the disk of the trash is full or cannot be written */
  #write(action: () => void): void {
    try {
      this.#database.transaction(action)()
    } catch (thrown) {
      if (!(thrown instanceof Database.SqliteError)) throw thrown
      const sentence = `The trash ${this.folder} cannot be written (${thrown.message}); make room on its disk, then resume the job.`
      throw new AppError('REFUSED', sentence, { cause: thrown, data: { path: this.folder } })
    }
  }

  close(): void {
    this.#database.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** Why the trash cannot keep a value. */
export function cannotKeep(key: Uint8Array, value: Uint8Array): string | undefined {
  const why = tooLong(value)
  if (why === undefined) return undefined
  return `${showKey(key)} cannot be kept in the trash: ${why}. Files on the disk of the trash are renamed, however large: choose a data folder there (HASHCACHE_DATA).`
}

/** Jobs that have something in the trash. */
export function jobsWithBins(dataFolder: string): string[] {
  return namesIn(trashFolder(dataFolder)).filter((job) => mayHaveBin(dataFolder, job))
}

/** Of one that may not be looked at, whoever opens it says so. */
function mayHaveBin(dataFolder: string, job: string): boolean {
  try {
    return TrashBin.exists(dataFolder, job)
  } catch (thrown) {
    if (thrown instanceof AppError) return true
    throw thrown
  }
}

export function removeBin(dataFolder: string, job: string): void {
  if (/^[\w-]+$/.test(job)) rmSync(join(trashFolder(dataFolder), job), { recursive: true, force: true })
}
