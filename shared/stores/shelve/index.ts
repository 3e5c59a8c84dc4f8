import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '../../model/errors.ts'
import type { Detection, Store, StoreLocation, StoreType } from '../contract.ts'
import { makeFolder } from '../make-folder.ts'
import { isUnmade } from '../paths.ts'
import { BdbHashReader } from './bdb-hash.ts'
import { BsdHashReader } from './bsd-hash.ts'
import type { DbmReader } from './dbm.ts'
import { createDumb, DumbWriter } from './dumb-write.ts'
import { DumbReader } from './dumb.ts'
import { ShelveFileStore, type FileStoreParts } from './file-store.ts'
import { shelveForm } from './form.ts'
import { createGnu } from './gnu-create.ts'
import { GnuTurns, writeGnu } from './gnu-write.ts'
import { GnuReader } from './gnu.ts'
import { createSqlite3, dictOptions, hasDictTable, ShelveSqliteStore } from './sqlite3-store.ts'
import { findDbm, parseFormat, placeOf } from './places.ts'
import type { DbmPlace } from './places.ts'

const dumbNote =
  'dbm.dumb has no lock: close the shelf in Python before writing here, or Python will write its own list of keys over this one.'

/**
 * Python's `shelve`, on each of the files that `dbm` may have chosen. `sqlite`
 * opens a table of an SQLite file as a store: one backend does not import another.
 */
export function makeShelveStoreType(sqlite: Pick<StoreType, 'open'>): StoreType {
  return {
    kind: 'shelve',
    title: 'Python shelf',
    scheme: 'shelve',
    form: shelveForm,
    detect: async (path) => detect(canonicalPath(path)),

    async open(
      location: StoreLocation,
      options: { write?: boolean; signal?: AbortSignal } = {},
    ): Promise<Store> {
      const place = placeFor(location, options.write === true)
      if (place.library === 'sqlite3') {
        const table = { kind: 'sqlite', path: place.base, options: dictOptions } as const
        return new ShelveSqliteStore(place, await sqlite.open(table, options))
      }
      return new ShelveFileStore({
        place,
        open: () => openReader(place),
        ...(options.write === true ? writerFor(place) : { writer: undefined }),
        notes: place.library === 'dumb' ? [dumbNote] : [],
      })
    },
  }
}

/** Files looked at in a folder that is given in place of the shelf in it. */
const maximalNames = 64

function detect(path: string): Detection | undefined {
  const place = findDbm(path) ?? onlyShelfIn(path)
  if (!place || (place.library === 'sqlite3' && !hasDictTable(place.base))) return undefined
  const isInside = dirname(place.base) === path
  const certainty = isInside ? 0.5 : certaintyOf(place)
  const reason =
    place.library === 'sqlite3'
      ? 'an SQLite file with the table Dict(key, value) of dbm.sqlite3'
      : place.reason
  return {
    kind: 'shelve',
    path: place.base,
    certainty,
    reason: isInside ? `${place.base}: ${reason}` : reason,
  }
}

/** The one shelf in a folder; several are for the user to choose from. */
function onlyShelfIn(folder: string): DbmPlace | undefined {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    return undefined
  }
  if (names.length > maximalNames) return undefined
  const shelves = new Map<string, DbmPlace>()
  for (const name of names) {
    const place = findDbm(join(folder, name))
    if (place && (place.library !== 'sqlite3' || hasDictTable(place.base))) shelves.set(place.base, place)
  }
  return shelves.size === 1 ? [...shelves.values()][0] : undefined
}

function placeFor(location: StoreLocation, write: boolean): DbmPlace {
  const path = canonicalPath(location.path)
  const unknown = Object.keys(location.options).find((name) => name !== 'format')
  if (unknown !== undefined)
    throw new AppError('USAGE', `shelve: does not know the option "${unknown}"; it takes format.`)
  const format = parseFormat(location.options['format'])
  const found = format === undefined ? findDbm(path) : placeOf(path, format)
  const place =
    found?.library === 'sqlite3' && format === undefined && !hasDictTable(path) ? undefined : found
  if (!place)
    throw new AppError(
      existsSync(path) ? 'NOT_A_STORE' : 'NOT_FOUND',
      `There is no shelf at ${path} (nor with .dir, .dat or .db behind the name); add ?format=dumb, gnu or sqlite3 to make one.`,
    )
  if (write) makeUnlessMade(place)
  else if (!place.files.some((file) => existsSync(file)))
    throw new AppError(
      'NOT_FOUND',
      `There is no shelf at ${path}: nothing of ${place.files.join(', ')} is there.`,
    )
  return place
}

function makeUnlessMade({ library, base, files }: DbmPlace): void {
  // A journal may be of a program that was killed while it made the file.
  const isHalfMade = library === 'sqlite3' && existsSync(`${base}-journal`)
  if (!isHalfMade && !files.every(isUnmade)) return
  makeFolder(dirname(base))
  if (library === 'dumb') createDumb(base)
  else if (library === 'sqlite3') createSqlite3(base)
  else if (library === 'gnu' && !existsSync(base)) createGnu(base)
}

/** The path with the links of its folder followed, so that two names of one shelf are one location. */
function canonicalPath(path: string): string {
  const folder = dirname(resolve(path))
  return existsSync(folder) ? join(realpathSync(folder), basename(path)) : resolve(path)
}

function openReader(place: DbmPlace): DbmReader {
  if (place.library === 'dumb') return new DumbReader(place.base)
  if (place.library === 'gnu') return new GnuReader(place.files[0]!)
  return place.library === 'bdb' ? new BdbHashReader(place.files[0]!) : new BsdHashReader(place.files[0]!)
}

function writerFor(place: DbmPlace): Pick<FileStoreParts, 'writer' | 'pace'> {
  if (place.format === 'dumb') {
    const writer = new DumbWriter(place.base)
    return { writer: (operations, signal) => writer.apply(operations, signal) }
  }
  if (place.format === 'gnu') {
    const turns = new GnuTurns()
    return {
      writer: (operations, signal) => writeGnu(place.base, operations, signal, turns),
      pace: turns.pace,
    }
  }
  return { writer: undefined }
}

function certaintyOf(place: DbmPlace): number {
  if (place.library !== 'dumb') return 0.95
  return existsSync(`${place.base}.dat`) ? 0.9 : 0.6
}
