import { closeSync, fstatSync, readSync, statSync } from 'node:fs'
import type { BigIntStats } from 'node:fs'

import { toHex } from '../../model/bytes.ts'
import { AppError } from '../../model/errors.ts'
import { namedStatus, openQuietly } from '../../decode/file-source.ts'

/** A WAL file shorter than its header and one frame has no data. */
const walHeaderBytes = 32
const magic = 'SQLite format 3\0'

/** What the files of a database say without SQLite being asked (https://sqlite.org/fileformat2.html). */
export interface FileState {
  /** Changes with every commit: change counter, size and time; of a WAL its salts, size, time and index header. */
  readonly token: string
  readonly identity: string
  readonly sizeBytes: number
  /** The header asks for a write-ahead log. */
  readonly isWalMode: boolean
  /** A WAL is there with data in it, merged or not. */
  readonly hasWalData: boolean
  /** Differs after the WAL was begun anew. */
  readonly walSalts: string
  /** The WAL's index is there: a program has the database open, or had until it died. */
  readonly hasWalIndex: boolean
  /** Names the journal with data that is there (it changes with every transaction); `undefined`: none. */
  readonly journal: string | undefined
}

/**
 * A database file kept open, so that its state can be read again and again. Kept open on purpose: closing any
 * descriptor of a file drops all locks that the process has on it (POSIX), those of SQLite too.
 */
export class WatchedFile {
  readonly path: string
  #descriptor: number

  /** Throws `AppError`: `NOT_FOUND`, `REFUSED`, `NOT_A_STORE`. */
  constructor(path: string) {
    this.path = path
    this.#descriptor = openQuietly(path)
  }

  state(): FileState {
    const status = this.#currentStatus()
    const header = readAt(this.#descriptor, 0, 100)
    const wal = sideFile(`${this.path}-wal`, walHeaderBytes)
    const walIndex = sideFile(`${this.path}-shm`, 48)
    const journal = sideFile(`${this.path}-journal`, 1)
    const hasWalData = wal !== undefined && wal.sizeBytes > walHeaderBytes
    const identity = `${status.dev}:${status.ino}`
    return {
      identity,
      token: [
        identity,
        status.size,
        status.mtimeNs,
        toHex(header.subarray(24, 28)),
        hasWalData ? `${wal.sizeBytes}:${wal.modifiedNs}:${toHex(wal.head)}` : '',
        hasWalData && walIndex ? toHex(walIndex.head) : '',
      ].join(':'),
      sizeBytes: Number(status.size) + (wal?.sizeBytes ?? 0),
      isWalMode: header[19] === 2,
      hasWalData,
      walSalts: wal ? toHex(wal.head.subarray(16, 24)) : '',
      hasWalIndex: walIndex !== undefined,
      journal: journal && journal.sizeBytes > 0 && journal.head[0] !== 0 ? journal.identity : undefined,
    }
  }

  /** Whether the file begins as an SQLite database does. */
  hasMagic(): boolean {
    return Buffer.from(readAt(this.#descriptor, 0, 16)).toString('latin1') === magic
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  /** Opens the path anew if another file took its place. */
  #currentStatus(): BigIntStats {
    const named = namedStatus(this.path)
    if (!named)
      throw new AppError('NOT_FOUND', `${this.path} is gone; open the cache where it is now.`, {
        data: { path: this.path },
      })
    const opened = fstatSync(this.#descriptor, { bigint: true })
    if (named.ino === opened.ino && named.dev === opened.dev) return opened
    closeSync(this.#descriptor)
    this.#descriptor = openQuietly(this.path)
    return fstatSync(this.#descriptor, { bigint: true })
  }
}

interface SideFile {
  readonly identity: string
  readonly sizeBytes: number
  readonly modifiedNs: bigint
  readonly head: Uint8Array
}

function sideFile(path: string, headBytes: number): SideFile | undefined {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined
  const descriptor = openSideFile(path)
  if (descriptor === undefined) return undefined
  try {
    const status = fstatSync(descriptor, { bigint: true })
    return {
      identity: `${status.ino}:${status.size}:${status.mtimeNs}`,
      sizeBytes: Number(status.size),
      modifiedNs: status.mtimeNs,
      head: readAt(descriptor, 0, headBytes),
    }
  } finally {
    closeSync(descriptor)
  }
}

/** Side files come and go at any moment. */
function openSideFile(path: string): number | undefined {
  try {
    return openQuietly(path)
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'NOT_FOUND') return undefined
    throw thrown
  }
}

/** As many bytes as are there, filled up with zeros. */
function readAt(descriptor: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  readSync(descriptor, bytes, 0, length, offset)
  return bytes
}
