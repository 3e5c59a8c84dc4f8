import Database from 'better-sqlite3'
import { join } from 'node:path'
import type { FilterScope, SavedFilter, StoredFilters } from '../api/filters.ts'
import { AppError } from '../model/errors.ts'
import { makeOwnFolder, whyUnusable } from './own-folder.ts'
import { nearest } from './query/error.ts'
import { parseQuery } from './query/parse.ts'

const recentKept = 30
const namePattern = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,59}$/u
const busyMs = 2_000

const schema = `
  CREATE TABLE IF NOT EXISTS saved (
    store TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE, query TEXT NOT NULL, PRIMARY KEY (store, name)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS recent (
    number INTEGER PRIMARY KEY AUTOINCREMENT, store TEXT NOT NULL, query TEXT NOT NULL, UNIQUE (store, query)
  );
`

/**
 * Filters saved under names and those used last, in a file of the data folder that the window and the command line
 * share; SQLite keeps them from writing over each other. Stores go by their locations; the empty one means all.
 * Dispose it.
 */
export class SavedFilters implements Disposable {
  readonly #file: string
  readonly #database: Database.Database

  /** @throws AppError REFUSED where the folder cannot be written, or the file is no database. */
  static open(dataFolder: string): SavedFilters {
    const file = join(dataFolder, 'filters.sqlite')
    try {
      makeOwnFolder(dataFolder)
      return new SavedFilters(file)
    } catch (thrown) {
      throw refusal(file, thrown)
    }
  }

  private constructor(file: string) {
    this.#file = file
    this.#database = new Database(file, { timeout: busyMs })
    try {
      this.#database.exec(schema)
    } catch (thrown) {
      this.#database.close()
      throw thrown
    }
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }

  /** What is kept for a store and for all; without one what is kept for all. */
  list(store = ''): StoredFilters {
    return this.#run(() => ({
      saved: this.#database
        .prepare<[string], { store: string; name: string; query: string }>(
          `SELECT store, name, query FROM saved WHERE store IN (?, '') ORDER BY name, store DESC`,
        )
        .all(store)
        .map(({ store: of, name, query }) => ({ name, scope: of === '' ? 'all' : 'store', query })),
      recent: this.#database
        .prepare<[string], string>('SELECT query FROM recent WHERE store = ? ORDER BY number DESC')
        .pluck()
        .all(store),
    }))
  }

  /** All of all stores, for a list; `store` is empty where one is for all. */
  listAll(): { readonly name: string; readonly store: string; readonly query: string }[] {
    return this.#run(() =>
      this.#database
        .prepare<[], { store: string; name: string; query: string }>(
          'SELECT name, store, query FROM saved ORDER BY name, store',
        )
        .all(),
    )
  }

  /**
   * Saves a filter, in place of one that has the name.
   *
   * @throws AppError USAGE for a name that cannot be written as `@NAME`, BAD_QUERY for a filter that cannot be read
   */
  save(store: string, { name, scope, query }: SavedFilter): void {
    checkName(name)
    if (query.trim() === '')
      throw new AppError('USAGE', 'An empty filter finds everything; write one to save.')
    parseQuery(query)
    this.#run(() =>
      this.#database
        .prepare('INSERT OR REPLACE INTO saved (store, name, query) VALUES (?, ?, ?)')
        .run(placeOf(store, scope), name, query),
    )
  }

  /** @throws AppError USAGE where the new name is taken, NOT_FOUND */
  rename(store: string, { name, scope, to }: { name: string; scope: FilterScope; to: string }): void {
    checkName(to)
    const place = placeOf(store, scope)
    const rename = this.#database.prepare('UPDATE saved SET name = ? WHERE store = ? AND name = ?')
    try {
      if (rename.run(to, place, name).changes === 0) throw this.#unknown(store, name)
    } catch (thrown) {
      if (thrown instanceof Database.SqliteError && thrown.code.startsWith('SQLITE_CONSTRAINT'))
        throw new AppError('USAGE', `There is a filter ${to} already; choose another name.`, {
          cause: thrown,
        })
      throw thrown instanceof AppError ? thrown : refusal(this.#file, thrown)
    }
  }

  /** @throws AppError NOT_FOUND */
  remove(store: string, name: string, scope: FilterScope): void {
    const remove = this.#database.prepare('DELETE FROM saved WHERE store = ? AND name = ?')
    const { changes } = this.#run(() => remove.run(placeOf(store, scope), name))
    if (changes === 0) throw this.#unknown(store, name)
  }

  /** The filter that `@NAME` means for a store: its own, else that of all stores. @throws AppError NOT_FOUND */
  find(store: string, name: string): string {
    const found = this.#run(() =>
      this.#database
        .prepare<[string, string], string>(
          `SELECT query FROM saved WHERE store IN (?, '') AND name = ? ORDER BY store DESC`,
        )
        .pluck()
        .get(store, name),
    )
    if (found === undefined) throw this.#unknown(store, name)
    return found
  }

  /** Puts a filter first among those that were used; 30 of a store are kept. */
  use(store: string, query: string): void {
    this.#run(() =>
      this.#database.transaction(() => {
        this.#database.prepare('INSERT OR REPLACE INTO recent (store, query) VALUES (?, ?)').run(store, query)
        this.#database
          .prepare(
            `DELETE FROM recent WHERE store = ? AND number NOT IN
               (SELECT number FROM recent WHERE store = ? ORDER BY number DESC LIMIT ${recentKept})`,
          )
          .run(store, store)
      })(),
    )
  }

  forgetUsed(store: string): void {
    this.#run(() => this.#database.prepare('DELETE FROM recent WHERE store = ?').run(store))
  }

  #unknown(store: string, name: string): AppError {
    const names = this.list(store).saved.map((each) => each.name)
    const near = nearest(
      name.toLowerCase(),
      names.map((each) => each.toLowerCase()),
    )
    const meant = names.find((each) => each.toLowerCase() === near)
    const hint =
      meant !== undefined
        ? `perhaps ${meant} was meant`
        : names.length === 0
          ? 'none is saved; "hashcache filters save NAME FILTER" saves one'
          : `there are ${names.slice(0, 10).join(', ')}${names.length > 10 ? ' and others' : ''}`
    return new AppError('NOT_FOUND', `There is no saved filter ${name}; ${hint}.`, { data: { name } })
  }

  #run<T>(action: () => T): T {
    try {
      return action()
    } catch (thrown) {
      throw refusal(this.#file, thrown)
    }
  }
}

function placeOf(store: string, scope: FilterScope): string {
  return scope === 'all' ? '' : store
}

function checkName(name: string): void {
  if (namePattern.test(name)) return
  throw new AppError(
    'USAGE',
    'The name of a filter has up to 60 letters, digits, points, lines below and minuses, and begins with a letter or digit.',
    { data: { name } },
  )
}

function refusal(file: string, thrown: unknown): unknown {
  if (thrown instanceof AppError) return thrown
  return new AppError(
    'REFUSED',
    `Saved filters in ${file} cannot be used now (${whyUnusable(file, thrown)}); see to that file, or choose another data folder with HASHCACHE_DATA.`,
    {
      cause: thrown,
      data: { path: file },
    },
  )
}
