import Database from 'better-sqlite3'
import { whyUnusable } from '../catalog/own-folder.ts'
import { AppError } from '../model/errors.ts'

/**
 * One file per job. `items` is the plan; `journal` says what was begun and ended and only grows; `outcomes` has a
 * line for each item that was reached, written in the transaction of the journal's `end`. Triggers keep what was
 * written from being changed: recovery trusts it.
 */
const schema = `
  CREATE TABLE header (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE items (
    n INTEGER PRIMARY KEY,
    key BLOB NOT NULL, source_key BLOB,
    action TEXT NOT NULL,
    bytes INTEGER NOT NULL, seconds REAL NOT NULL,
    stamp TEXT, sha256 TEXT,
    replaces_bytes INTEGER, replaces_sha256 TEXT,
    note TEXT, call TEXT,
    sides TEXT
  );
  CREATE INDEX items_action ON items (action, n);
  CREATE TABLE journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms REAL NOT NULL,
    event TEXT NOT NULL,
    first INTEGER, last INTEGER,
    data TEXT
  );
  CREATE TABLE outcomes (n INTEGER PRIMARY KEY, state TEXT NOT NULL, reason TEXT, sha256 TEXT);
  CREATE INDEX outcomes_state ON outcomes (state, n);
  CREATE TABLE sums (
    what TEXT PRIMARY KEY, entries INTEGER NOT NULL, bytes INTEGER NOT NULL, seconds REAL NOT NULL
  ) WITHOUT ROWID;
  CREATE TRIGGER journal_stays BEFORE DELETE ON journal BEGIN SELECT raise(ABORT, 'the journal only grows'); END;
  CREATE TRIGGER journal_is_true BEFORE UPDATE ON journal BEGIN SELECT raise(ABORT, 'the journal only grows'); END;
  CREATE TRIGGER outcomes_stay BEFORE DELETE ON outcomes BEGIN SELECT raise(ABORT, 'outcomes stay'); END;
  CREATE TRIGGER outcomes_are_true BEFORE UPDATE ON outcomes BEGIN SELECT raise(ABORT, 'outcomes stay'); END;
  PRAGMA user_version = 2;
`
/** From each version to the next: jobs of earlier ones are run, resumed and undone as they stand. */
const steps: Readonly<Record<number, string>> = {
  1: 'ALTER TABLE items ADD COLUMN sides TEXT',
}
const schemaVersion = 2
/** `hcij`: what `file` and others can tell it by. */
const applicationId = 0x68_63_69_6a
const busyTimeoutMs = 10_000
/** Of 4 kB: some 32 MB. */
const checkpointPages = 8_000

/** Makes a job file with its header, at once: whoever is killed before leaves a file that is no job's. */
export function createJobDatabase(
  file: string,
  header: Readonly<Record<string, unknown>>,
): Database.Database {
  const database = new Database(file, { timeout: busyTimeoutMs })
  prepare(database)
  database.transaction(() => {
    database.pragma(`application_id = ${applicationId}`)
    database.exec(schema)
    const insert = database.prepare('INSERT INTO header VALUES (?, ?)')
    for (const [name, value] of Object.entries(header)) insert.run(name, JSON.stringify(value))
  })()
  return database
}

/** @throws AppError DAMAGED if it is no job file, or one of a newer version. */
export function openJobDatabase(file: string): Database.Database {
  try {
    const database = new Database(file, { timeout: busyTimeoutMs, fileMustExist: true })
    prepare(database)
    const isOurs =
      database.pragma('application_id', { simple: true }) === applicationId && bringUpToDate(database)
    if (isOurs) return database
    database.close()
  } catch (thrown) {
    if (!(thrown instanceof Database.SqliteError)) throw thrown
    const options = { cause: thrown, data: { path: file } }
    const isDamaged = /^SQLITE_(CORRUPT|NOTADB)/.test(thrown.code)
    const why = isDamaged ? thrown.message : whyUnusable(file, thrown)
    const sentence = `The job file ${file} cannot be used (${why}); mend that, then try again.`
    throw new AppError(isDamaged ? 'DAMAGED' : 'REFUSED', sentence, options)
  }
  throw new AppError('DAMAGED', `${file} is no job file of this version of the program.`, {
    data: { path: file },
  })
}

/** False: it is of a newer version. Another process may do the same at the same time. */
function bringUpToDate(database: Database.Database): boolean {
  const version = (): number => database.pragma('user_version', { simple: true }) as number
  if (version() < schemaVersion)
    database
      .transaction(() => {
        for (let step = version(); step < schemaVersion; step++) {
          database.exec(steps[step]!)
          database.pragma(`user_version = ${step + 1}`)
        }
      })
      .immediate()
  return version() === schemaVersion
}

function prepare(database: Database.Database): void {
  database.pragma('journal_mode = WAL')
  // A batch that is said to have begun must have begun on the disk too.
  database.pragma('synchronous = FULL')
  // What is in the log is on the disk; to put it in its place too is waited for less often.
  database.pragma(`wal_autocheckpoint = ${checkpointPages}`)
  database.pragma('trusted_schema = OFF')
}
