import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import BetterSqlite3 from 'better-sqlite3'
import type { Database } from 'better-sqlite3'

import { openQuietly } from '../../decode/file-source.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { copyAside } from './aside.ts'
import { emptyJournal } from './empty-journal.ts'
import type { FileState, WatchedFile } from './state.ts'

// better-sqlite3 takes `file:…?immutable=1` only if this is set when its library is loaded, which the first
// connection of the process does. Paths of the program are absolute and never begin with `file:`.
process.env['SQLITE_USE_URI'] ??= '1'

/** Up to this size, a database whose data is partly in a WAL is copied to be read. */
const copyLimitBytes = 256 * 1024 * 1024

/**
 * How a database is read so that looking changes nothing:
 *
 * - `descriptor`: no WAL. SQLite reads through a descriptor of ours (no access time moved) under its usual shared
 *   lock, held for a batch and no longer. It does not see the journal then, so not beside a writer.
 * - `path`: no WAL, and a writer was seen at work (or Windows, which has no descriptors): SQLite opens the path and tells
 *   from the journal whether the writer lives. The access time of a file that is being changed moves.
 * - `aside`: data in a WAL, or an interrupted transaction: SQLite would make `-shm` files or repair the database. The
 *   files are copied into a folder of our own, and the copy is read. Costs one copy for each new state that is listed.
 * - `immutable`: WAL mode without a WAL, above 256 MiB: read in place without locks; a change meanwhile is noticed and
 *   the batch read again. The access time moves.
 * - `joined`: WAL with data, open elsewhere, and above 256 MiB or changing faster than it can be copied: read as one
 *   more reader of the WAL, which locks nobody out and leaves no file that was not there. The access time and the
 *   index's read marks move.
 */
export type ReadMode = 'descriptor' | 'path' | 'aside' | 'immutable' | 'joined'

export interface ReadConnection {
  readonly mode: ReadMode
  readonly database: Database
  /** The state of the files that it shows, or (for `descriptor`, `joined`) at which it was opened. */
  readonly state: FileState
  readonly openedMs: number
  close(): void
}

interface FromDescriptor {
  new (descriptor: number, options: { journalFd: number; readonly: true; timeout: number }): Database
}

/** How long SQLite itself waits for a lock; the caller goes on waiting without blocking. */
const busyMs = 40

export function modeFor(state: FileState, hasLiveWriter: boolean): ReadMode {
  if (!state.isWalMode && !state.hasWalData) {
    return hasLiveWriter || process.platform === 'win32' ? 'path' : 'descriptor'
  }
  const canJoin = state.hasWalData && state.hasWalIndex
  if (canJoin && (hasLiveWriter || state.sizeBytes > copyLimitBytes)) return 'joined'
  if (state.hasWalData || state.sizeBytes <= copyLimitBytes) return 'aside'
  return canOpenUrls() ? 'immutable' : 'aside'
}

/** Throws SQLite's errors as they are. */
export async function connect(file: WatchedFile, state: FileState, mode: ReadMode): Promise<ReadConnection> {
  const opened = await openAs(file, state, mode)
  try {
    harden(opened.database)
    opened.onHardened?.()
    return { ...opened, mode, openedMs: performance.now() }
  } catch (thrown) {
    opened.close()
    throw thrown
  }
}

interface Opened extends Pick<ReadConnection, 'database' | 'state' | 'close'> {
  onHardened?(): void
}

async function openAs(file: WatchedFile, state: FileState, mode: ReadMode): Promise<Opened> {
  if (mode === 'aside') return openAside(file)
  if (mode === 'descriptor') return openDescriptor(file.path, state)
  const name = mode === 'immutable' ? `${pathToFileURL(file.path).href}?immutable=1` : file.path
  const database = new BetterSqlite3(name, { readonly: true, fileMustExist: true, timeout: busyMs })
  return { database, state, close: () => database.close() }
}

function openDescriptor(path: string, state: FileState): Opened {
  const descriptor = openQuietly(path)
  try {
    const journal = openSync(emptyJournal(), 'r')
    try {
      const FromDescriptors = BetterSqlite3 as unknown as FromDescriptor
      const database = new FromDescriptors(descriptor, {
        journalFd: journal,
        readonly: true,
        timeout: busyMs,
      })
      return { database, state, close: () => database.close() }
    } finally {
      closeSync(journal)
    }
  } finally {
    closeSync(descriptor)
  }
}

async function openAside(file: WatchedFile): Promise<Opened> {
  const folder = await temporaryFolder('sqlite')
  try {
    const copy = join(folder.path, 'copy.sqlite')
    const state = await copyAside(file, copy)
    const database = new BetterSqlite3(copy, { fileMustExist: true, timeout: busyMs })
    return {
      database,
      state,
      onHardened: () => {
        if (isRecovered(database)) folder.forget()
      },
      close: () => {
        database.close()
        folder[Symbol.dispose]()
      },
    }
  } catch (thrown) {
    folder[Symbol.dispose]()
    throw thrown
  }
}

/** The first read opens the WAL or rolls an interrupted transaction back; SQLite then needs the names no more. */
function isRecovered(database: Database): boolean {
  try {
    database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get()
    return true
  } catch {
    // It is damaged: who reads is told.
    return false
  }
}

/** The schema is somebody else's: its functions are not trusted, nothing is written, cells are checked. */
function harden(database: Database): void {
  database.pragma('trusted_schema = OFF')
  database.pragma('query_only = ON')
  database.pragma('cell_size_check = ON')
  database.pragma('mmap_size = 0')
  database.pragma('temp_store = MEMORY')
}

let urlsWork: boolean | undefined

/** False if something opened SQLite in this process before the setting above was made. */
function canOpenUrls(): boolean {
  if (urlsWork === undefined) {
    try {
      new BetterSqlite3('file:hashcache-probe?mode=memory', { readonly: true, fileMustExist: true }).close()
      urlsWork = true
    } catch {
      urlsWork = false
    }
  }
  return urlsWork
}
