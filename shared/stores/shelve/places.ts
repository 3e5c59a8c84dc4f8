import { existsSync } from 'node:fs'
import { AppError } from '../../model/errors.ts'
import { bdbByteOrder } from './bdb-hash.ts'
import { bsdByteOrder } from './bsd-hash.ts'
import type { DbmFormat } from './dbm.ts'
import { gnuLayouts } from './gnu-layout.ts'
import { QuietFile } from './quiet-file.ts'
import { parseDirectoryLine } from './python-literal.ts'

/** Which library's file it is; `bdb` and `bsd` are both Python's `ndbm`. */
type DbmLibrary = 'dumb' | 'gnu' | 'bdb' | 'bsd' | 'sqlite3'

export interface DbmPlace {
  readonly library: DbmLibrary
  readonly format: DbmFormat
  /** What Python's `shelve.open` is given: without `.dat`, `.dir` or `.db`. */
  readonly base: string
  /** The files, the one with the values first. */
  readonly files: readonly string[]
  /** What was seen. */
  readonly reason: string
}

const sqliteMagic = 'SQLite format 3\0'

/**
 * Finds the dbm that a path means, by content, in the order of Python's
 * `whichdb`: `PATH.pag`, `PATH.db`, `PATH.dir` with `PATH.dat`, then PATH
 * itself. One of the files themselves may be named too. An SQLite file is
 * given as it is: whether it is a dbm, its tables tell.
 */
export function findDbm(path: string): DbmPlace | undefined {
  const base = path.replace(/\.(?:dat|dir|bak|db|pag)$/, '')
  const direct = headOf(path)
  if (direct && !/\.(?:dir|dat|bak)$/.test(path)) {
    const place = fromHead(direct, base, path)
    if (place) return place
  }
  for (const suffix of ['.pag', '.db']) {
    const head = headOf(base + suffix)
    const place = head && fromHead(head, base, base + suffix)
    if (place && place.library !== 'sqlite3') return place
  }
  return dumbPlace(base)
}

/** The place that a caller names by path and format, whatever the files say; for a store to be made, none need be there. */
export function placeOf(base: string, format: DbmFormat): DbmPlace {
  const bare = format === 'dumb' ? base.replace(/\.(?:dat|dir|bak)$/, '') : base
  if (format === 'dumb')
    return { library: 'dumb', format, base: bare, files: [`${bare}.dat`, `${bare}.dir`], reason: 'as asked' }
  if (format === 'ndbm') {
    const found = findDbm(base)
    if (found?.format === 'ndbm') return found
    throw new AppError('NOT_A_STORE', `There is no ndbm file at ${base} or ${base}.db.`)
  }
  return { library: format, format, base, files: [base], reason: 'as asked' }
}

export function parseFormat(text: string | undefined): DbmFormat | undefined {
  if (text === undefined || text === 'dumb' || text === 'gnu' || text === 'ndbm' || text === 'sqlite3')
    return text
  throw new AppError('USAGE', `There is no shelve format "${text}"; it is dumb, gnu, ndbm or sqlite3.`)
}

function fromHead(head: Uint8Array, base: string, file: string): DbmPlace | undefined {
  const files = [file]
  // gdbm's own ndbm keeps its data in PATH.pag; a reader of gdbm reads it, but its .dir would not follow a change.
  if (gnuLayouts(head)) {
    const isCompatible = file.endsWith('.pag')
    const format = isCompatible ? 'ndbm' : 'gnu'
    return {
      library: 'gnu',
      format,
      base: isCompatible ? base : file,
      files,
      reason: 'begins as a gdbm file',
    }
  }
  if (bdbByteOrder(head) !== undefined)
    return { library: 'bdb', format: 'ndbm', base, files, reason: 'begins as a hash file of Berkeley DB' }
  if (bsdByteOrder(head) !== undefined)
    return {
      library: 'bsd',
      format: 'ndbm',
      base,
      files,
      reason: "begins as a hash file of BSD's db 1.85 (ndbm of macOS)",
    }
  if (Buffer.from(head.subarray(0, 16)).toString('latin1') === sqliteMagic)
    return { library: 'sqlite3', format: 'sqlite3', base: file, files, reason: 'is an SQLite file' }
  return undefined
}

function dumbPlace(base: string): DbmPlace | undefined {
  const head = headOf(`${base}.dir`)
  if (!head) return undefined
  const hasData = existsSync(`${base}.dat`)
  if (head.length === 0 && !hasData) return undefined
  const line = Buffer.from(head)
    .toString('latin1')
    .split(/[\r\n]/, 1)[0]!
  const isCut = head.length === headBytes && line.length === headBytes
  if (head.length > 0 && !isCut && typeof parseDirectoryLine(line.trimEnd()) === 'string') return undefined
  return {
    library: 'dumb',
    format: 'dumb',
    base,
    files: [`${base}.dat`, `${base}.dir`],
    reason: hasData
      ? head.length === 0
        ? 'an empty .dir beside a .dat, as dbm.dumb begins'
        : 'its .dir lists keys with their places in the .dat beside it, as dbm.dumb does'
      : 'its .dir is that of a dbm.dumb, but the .dat is missing',
  }
}

const headBytes = 512

function headOf(path: string): Uint8Array | undefined {
  try {
    using file = QuietFile.open(path)
    return file.read(0, headBytes)
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}
