import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '../../model/errors.ts'
import type { Detection, Store, StoreLocation, StoreType } from '../contract.ts'
import { BdbHashReader } from './bdb-hash.ts'
import { BsdHashReader } from './bsd-hash.ts'
import type { DbmReader, DbmWriter } from './dbm.ts'
import { createDumb, DumbWriter } from './dumb-write.ts'
import { DumbReader } from './dumb.ts'
import { ShelveFileStore } from './file-store.ts'
import { createGnu } from './gnu-create.ts'
import { writeGnu } from './gnu-write.ts'
import { GnuReader } from './gnu.ts'
import { findDbm, parseFormat, placeOf } from './places.ts'
import type { DbmPlace } from './places.ts'

const dumbNote =
  'dbm.dumb has no lock: close the shelf in Python before writing here, or Python will write its own list of keys over this one.'

/** Python's `shelve`, on each of the files that `dbm` may have chosen. */
export const shelveStoreType: StoreType = {
  kind: 'shelve',
  title: 'Python shelf',
  scheme: 'shelve',

  async detect(path: string): Promise<Detection | undefined> {
    const place = findDbm(canonicalPath(path))
    if (!place) return undefined
    if (place.library === 'sqlite3') return undefined
    return { kind: 'shelve', path: place.base, certainty: certaintyOf(place), reason: place.reason }
  },

  async open(location: StoreLocation, options: { write?: boolean } = {}): Promise<Store> {
    const place = await placeFor(location, options.write === true)
    return new ShelveFileStore({
      place,
      open: () => openReader(place),
      writer: options.write === true ? writerFor(place) : undefined,
      notes: place.library === 'dumb' ? [dumbNote] : [],
    })
  },
}

async function placeFor(location: StoreLocation, write: boolean): Promise<DbmPlace> {
  const path = canonicalPath(location.path)
  const unknown = Object.keys(location.options).find((name) => name !== 'format')
  if (unknown !== undefined)
    throw new AppError('USAGE', `shelve: does not know the option "${unknown}"; it takes format.`)
  const format = parseFormat(location.options['format'])
  const place = format === undefined ? findDbm(path) : placeOf(path, format)
  if (!place)
    throw new AppError(
      existsSync(path) ? 'NOT_A_STORE' : 'NOT_FOUND',
      `There is no shelf at ${path} (nor with .dir, .dat or .db behind the name); add ?format=dumb, gnu or sqlite3 to make one.`,
    )
  if (place.files.some((file) => existsSync(file)) || !write) return place
  mkdirSync(dirname(place.base), { recursive: true })
  if (place.library === 'dumb') createDumb(place.base)
  else if (place.library === 'gnu') createGnu(place.base)
  return place
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

function writerFor(place: DbmPlace): DbmWriter | undefined {
  if (place.format === 'dumb') {
    const writer = new DumbWriter(place.base)
    return (operations, signal) => writer.apply(operations, signal)
  }
  if (place.format === 'gnu') return (operations, signal) => writeGnu(place.base, operations, signal)
  return undefined
}

function certaintyOf(place: DbmPlace): number {
  if (place.library !== 'dumb') return 0.95
  return existsSync(`${place.base}.dat`) ? 0.9 : 0.6
}
