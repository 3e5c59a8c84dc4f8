import type { Database } from 'better-sqlite3'

/**
 * Steps of the schema, in order; `PRAGMA user_version` says how many were done. A step that was
 * released is never changed: the next one goes behind it.
 *
 * `entries` is narrow because filters scan it; what is wide stands in `texts`. Names that repeat
 * (functions, users, folders, argument names, types) are numbers of `strings`. `arguments` is clustered
 * by name, so that a condition or a sort by one argument reads that argument only; `value` holds a number
 * or a text, which SQLite orders in this way. Sums are kept per group, because grouping a million rows
 * takes more than a second.
 *
 * Scalars inside arguments and outputs are rows of `arguments` too, under marked names (`leaf-names.ts`); `insides`
 * has the numbers of these names for each entry, and digests of its call and its output (`states.ts`).
 *
 * `kept` has whole columns as they were at a revision, `changed` the entries that are different since (`kept-columns.ts`).
 *
 * Ids are never used twice (AUTOINCREMENT): a result set that still holds the id of a removed entry must
 * not mean another one.
 */
const steps: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
  INSERT INTO meta VALUES ('revision', 0), ('textTo', 0);

  CREATE TABLE strings (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

  CREATE TABLE parts (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, token TEXT);

  CREATE TABLE entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key BLOB NOT NULL UNIQUE,
    part INTEGER,
    size INTEGER,
    modified REAL,
    stamp TEXT,
    kind INTEGER NOT NULL,
    status INTEGER NOT NULL,
    func INTEGER, module INTEGER, user INTEGER, host INTEGER, cwd INTEGER, version INTEGER,
    output_type INTEGER,
    argument_names INTEGER,
    run_at REAL,
    elapsed REAL
  );
  CREATE INDEX entries_part ON entries (part);

  CREATE TABLE texts (id INTEGER PRIMARY KEY, call TEXT, output TEXT, problem TEXT);
  CREATE VIRTUAL TABLE trigrams USING fts5 (body, content = '', tokenize = 'trigram', detail = none, columnsize = 0);

  CREATE TABLE arguments (
    name INTEGER, entry INTEGER, type INTEGER NOT NULL, value, preview TEXT,
    PRIMARY KEY (name, entry)
  ) WITHOUT ROWID;

  CREATE TABLE entry_sums (
    func INTEGER, module INTEGER, version INTEGER, user INTEGER, kind INTEGER, status INTEGER,
    entries INTEGER NOT NULL, bytes INTEGER NOT NULL, seconds REAL NOT NULL,
    PRIMARY KEY (func, module, version, user, kind, status)
  ) WITHOUT ROWID;

  CREATE TABLE argument_sums (
    id INTEGER PRIMARY KEY,
    func INTEGER, module INTEGER, name INTEGER, type INTEGER,
    entries INTEGER NOT NULL, numbers INTEGER NOT NULL,
    UNIQUE (func, module, name, type)
  );
  `,
  // What is inside arguments and outputs: every entry is read again for it, and stays listed until then.
  `
  ALTER TABLE entries ADD COLUMN shape INTEGER;
  ALTER TABLE entries ADD COLUMN dtype INTEGER;

  CREATE TABLE insides (
    id INTEGER PRIMARY KEY, leaves TEXT, flags INTEGER NOT NULL,
    call_a INTEGER, call_b INTEGER, output_a INTEGER, output_b INTEGER
  );

  UPDATE entries SET stamp = NULL;
  UPDATE parts SET token = NULL;
  DELETE FROM meta WHERE name = 'token';
  `,
  // Arguments and outputs as they are searched, where `call` and `output` leave out something.
  `
  ALTER TABLE texts ADD COLUMN args_text TEXT;
  ALTER TABLE texts ADD COLUMN output_text TEXT;

  UPDATE entries SET stamp = NULL;
  UPDATE parts SET token = NULL;
  DELETE FROM meta WHERE name = 'token';
  `,
  // Columns of all entries, one blob each. Nothing is read again: they are made of what is here already.
  `
  CREATE TABLE kept (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL,
    count INTEGER NOT NULL, width INTEGER NOT NULL, bytes BLOB NOT NULL
  );
  CREATE TABLE changed (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL);
  `,
]

export const schemaVersion = steps.length

/** Brings the schema up to date. Another process may do so at the same time. */
export function migrate(database: Database): void {
  if (readVersion(database) === schemaVersion) return
  database
    .transaction(() => {
      for (let version = readVersion(database); version < schemaVersion; version++) {
        database.exec(steps[version]!)
        database.pragma(`user_version = ${version + 1}`)
      }
    })
    .immediate()
}

export function readVersion(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}
