import { usedAfterClose } from '../misuse.ts'
import { setTimeout as delay } from 'node:timers/promises'

import type { Database } from 'better-sqlite3'

import { AppError } from '../../model/errors.ts'
import { WriterTooFast } from './aside.ts'
import { connect, modeFor } from './connect.ts'
import type { ReadConnection, ReadMode } from './connect.ts'
import { isCorrupt, isForCopy, isPassing, sqliteError } from './errors.ts'
import { WatchedFile } from './state.ts'
import type { FileState } from './state.ts'

/** How long reads are tried again while somebody else holds the database. */
const patienceMs = 10_000
const retryMs = 15
/** A journal that stays longer is of a program that died, or of a long transaction: a copy is read. */
const journalMs = 500
/** For reads that ask for a `recent` state, a copy of a large database may be this old. */
const recentMs = 1_000
const largeBytes = 8 * 1024 * 1024

/** Matters where a copy is read: `any` goes on with the copy there is, as the later batches of a listing do. */
export type Freshness = 'newest' | 'recent' | 'any'

/** Reads of one database file, each from one state, in whatever way leaves no trace (`connect.ts`). */
export class SqliteReader {
  readonly path: string
  readonly #file: WatchedFile
  #connection: ReadConnection | undefined
  #isClosed = false
  #lastJournal: string | undefined
  #hasLiveWriter = false
  /** One read at a time: copying is asynchronous, and two would undo each other's connection. */
  #queue: Promise<unknown> = Promise.resolve()

  /** Throws `AppError`: `NOT_FOUND`, `REFUSED`, `NOT_A_STORE`. */
  constructor(path: string) {
    this.path = path
    this.#file = new WatchedFile(path)
    if (this.#file.hasMagic()) return
    this.#file.close()
    throw new AppError(
      'NOT_A_STORE',
      `${path} is no SQLite database: it begins otherwise; give another path.`,
      {
        data: { path },
      },
    )
  }

  state(): FileState {
    this.throwIfClosed()
    return this.#file.state()
  }

  /** How the database is read at present. */
  get mode(): ReadMode | undefined {
    return this.#connection?.mode
  }

  throwIfClosed(): void {
    if (this.#isClosed) throw usedAfterClose(this.path)
  }

  /** Runs `action` in a read transaction and gives its result; again if a writer came between. Throws `AppError`. */
  read<Result>(action: (database: Database) => Result, freshness: Freshness = 'newest'): Promise<Result> {
    const result = this.#queue.then(() => this.#readNow(action, freshness))
    this.#queue = result.catch(() => undefined)
    return result
  }

  /** Forgets a copy: what is read next is at least as new as what was written before. */
  async afterWrite(): Promise<void> {
    await this.#queue
    if (this.mode === 'aside') this.#disconnect()
  }

  /** Waits for a running read, then closes. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#queue
    this.#disconnect()
    this.#file.close()
  }

  async #readNow<Result>(action: (database: Database) => Result, freshness: Freshness): Promise<Result> {
    const startMs = performance.now()
    let isStuck = false
    for (;;) {
      this.throwIfClosed()
      const waitedMs = performance.now() - startMs
      try {
        const state = this.#file.state()
        this.#watchJournal(state)
        const isAbandoned = state.journal !== undefined && !this.#hasLiveWriter && waitedMs > journalMs
        const mode = isStuck || isAbandoned ? 'aside' : modeFor(state, this.#hasLiveWriter)
        const connection = await this.#connectionFor(state, mode, freshness)
        const outcome = this.#run(connection, action)
        if (outcome) return outcome.result
      } catch (thrown) {
        const isTooFast = thrown instanceof WriterTooFast
        if (!isTooFast && (!isPassing(thrown) || waitedMs > patienceMs)) throw sqliteError(this.path, thrown)
        this.#hasLiveWriter ||= isTooFast
        isStuck = isForCopy(thrown)
        this.#disconnect()
      }
      if (waitedMs > patienceMs) throw sqliteBusy(this.path)
      // oxlint-disable-next-line no-await-in-loop -- the next attempt is later
      await delay(retryMs)
    }
  }

  #hasJournal(): boolean {
    const now = this.#file.state()
    this.#watchJournal(now)
    return now.journal !== undefined
  }

  /** Two journals one after the other are the work of somebody alive. */
  #watchJournal({ journal }: FileState): void {
    if (journal === undefined) return
    if (this.#lastJournal !== undefined && this.#lastJournal !== journal) this.#hasLiveWriter = true
    this.#lastJournal = journal
  }

  async #connectionFor(state: FileState, mode: ReadMode, freshness: Freshness): Promise<ReadConnection> {
    const present = this.#connection
    if (present && isGoodFor(present, state, mode, freshness)) return present
    this.#disconnect()
    this.#connection = await connect(this.#file, state, mode)
    return this.#connection
  }

  /** `undefined` if a writer is at work, or was while a read without a lock went on. */
  #run<Result>(
    connection: ReadConnection,
    action: (database: Database) => Result,
  ): { result: Result } | undefined {
    const { database, mode, state } = connection
    database.exec('BEGIN')
    try {
      if (mode === 'descriptor') {
        database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get()
        // We hold the lock now. SQLite does not see the journal that is beside the database: if it is of a program
        // that died, what we would read is half a transaction.
        if (this.#hasJournal()) return undefined
      }
      const result = action(database)
      const isWhole = mode !== 'immutable' || this.#file.state().token === state.token
      return isWhole ? { result } : undefined
    } catch (thrown) {
      // Half a transaction of a program that died can look like damage already when the lock is taken.
      if (mode === 'descriptor' && isCorrupt(thrown) && this.#hasJournal()) return undefined
      throw thrown
    } finally {
      if (database.inTransaction) database.exec('ROLLBACK')
    }
  }

  #disconnect(): void {
    this.#connection?.close()
    this.#connection = undefined
  }
}

function isGoodFor(present: ReadConnection, state: FileState, mode: ReadMode, freshness: Freshness): boolean {
  if (present.mode !== mode && !(present.mode === 'aside' && present.state.token === state.token))
    return false
  if (present.state.identity !== state.identity) return false
  if (mode === 'descriptor' || mode === 'path' || mode === 'joined') return true
  if (present.state.token === state.token) return true
  if (mode !== 'aside' || freshness === 'newest') return false
  return (
    freshness === 'any' || (state.sizeBytes > largeBytes && performance.now() - present.openedMs < recentMs)
  )
}

function sqliteBusy(path: string): AppError {
  return new AppError(
    'REFUSED',
    `${path} is locked or changed all the time by another program; try again later.`,
    {
      data: { path },
    },
  )
}
