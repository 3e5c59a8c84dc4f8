import Database from 'better-sqlite3'
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { JobFile } from '../job-file.ts'

/** The job file of the first version of the program, as that made it. */
const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA application_id = 1751345514;
  CREATE TABLE header (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE items (
    n INTEGER PRIMARY KEY,
    key BLOB NOT NULL, source_key BLOB,
    action TEXT NOT NULL,
    bytes INTEGER NOT NULL, seconds REAL NOT NULL,
    stamp TEXT, sha256 TEXT,
    replaces_bytes INTEGER, replaces_sha256 TEXT,
    note TEXT, call TEXT
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
  PRAGMA user_version = 1;
`

/** Makes the file of a job one of version 1 that says the same. */
export function asVersion1(dataFolder: string, id: string): void {
  const folder = join(dataFolder, 'jobs', id)
  const place = join(folder, 'job.sqlite')
  const beside = join(folder, 'old.sqlite')
  {
    using job = JobFile.open(dataFolder, id)
    using old = new Closing(beside)
    const { database } = old
    database.exec(schema)
    database.prepare('ATTACH ? AS now').run(place)
    for (const table of ['header', 'journal', 'sums'])
      database.exec(`INSERT INTO ${table} SELECT * FROM now.${table}`)
    const insertItem = database.prepare('INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    const insertOutcome = database.prepare('INSERT INTO outcomes VALUES (?, ?, ?, ?)')
    for (const item of job.items({ from: 0, to: Number.MAX_SAFE_INTEGER }).items) {
      const { n, key, sourceKey, outcome, ...rest } = item
      const { action, bytes, computeSeconds, stamp, sha256, replaces, note, call } = rest
      const of = [action, bytes, computeSeconds, stamp, sha256, replaces?.bytes, replaces?.sha256, note, call]
      insertItem.run(n, key, sourceKey ?? null, ...of.map((value) => value ?? null))
      if (outcome) insertOutcome.run(n, outcome.state, outcome.reason ?? null, outcome.sha256 ?? null)
    }
  }
  for (const rest of ['-wal', '-shm']) rmSync(place + rest, { force: true })
  renameSync(beside, place)
}

class Closing implements Disposable {
  readonly database: Database.Database

  constructor(file: string) {
    this.database = new Database(file)
  }

  [Symbol.dispose](): void {
    this.database.exec('DETACH now')
    this.database.close()
  }
}
