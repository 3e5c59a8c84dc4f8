import type { Database } from 'better-sqlite3'
import BetterSqlite3 from 'better-sqlite3'
import { AppError } from '../model/errors.ts'
import { isDamageOf, removeIndexFile } from './open.ts'

/** What goes wrong in an index file, told as an `AppError`. */
export class IndexGuard {
  readonly #file: string
  readonly #database: Database
  readonly #close: () => void

  /** `close` is called before a damaged file is removed. */
  constructor(file: string, database: Database, close: () => void) {
    this.#file = file
    this.#database = database
    this.#close = close
  }

  /** @throws AppError REFUSED for a locked file or a full disk; DAMAGED for a broken file, which is removed then */
  run<T>(action: () => T): T {
    try {
      return action()
    } catch (thrown) {
      throw this.#explain(thrown)
    }
  }

  /** All of `action` sees the state of one moment. @throws AppError as `run` */
  atOneMoment<T>(action: () => T): T {
    return this.run(() => this.#database.transaction(action)())
  }

  #explain(thrown: unknown): unknown {
    if (!(thrown instanceof BetterSqlite3.SqliteError)) return thrown
    const options = { cause: thrown, data: { path: this.#file, reason: thrown.code } }
    if (isDamageOf(this.#database, thrown)) {
      this.#close()
      removeIndexFile(this.#file)
      return new AppError(
        'DAMAGED',
        `The index ${this.#file} was damaged and has been removed; open the store again to make a new one.`,
        options,
      )
    }
    return new AppError(
      'REFUSED',
      `The index ${this.#file} cannot be used now (${thrown.message}); close other programs that use it, free disk space, and try again.`,
      options,
    )
  }
}
