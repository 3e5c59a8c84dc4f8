import { existsSync, lstatSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError, toAppError } from '../../model/errors.ts'
import { parseBytes } from '../../model/units.ts'
import type { DatabaseInfo, Detection, Store, StoreLocation, StoreType } from '../contract.ts'
import { makeFolder } from '../make-folder.ts'
import { isUnmade, noSuchPath } from '../paths.ts'
import { LmdbFile } from './file.ts'
import { lmdbForm } from './form.ts'
import { LmdbStore } from './store.ts'
import type { LmdbPlace } from './store.ts'
import { LmdbWriter } from './writer.ts'

const dataName = 'data.mdb'
const newMapBytes = 64 * 1024 * 1024
/** An empty one with its first entries. */
const smallestMapBytes = 64 * 1024

/** LMDB environments, as a folder with `data.mdb` or a single file, data formats 1 and 2. Options: `db`, a sub-database; `map_size`. */
export const lmdbStoreType: StoreType = {
  kind: 'lmdb',
  title: 'LMDB',
  scheme: 'lmdb',
  form: lmdbForm,
  detect,
  open,
  databases,
}

async function detect(path: string): Promise<Detection | undefined> {
  const place = findPlace(path, undefined)
  if (!place) return undefined
  try {
    const file = LmdbFile.open(place.dataPath)
    try {
      const { main } = file.newestMeta()
      const reason = `LMDB data format ${file.layout.format}, pages of ${file.layout.pageBytes} bytes, ${main.entries} entries in the main database`
      return { kind: 'lmdb', path: place.path, certainty: 0.95, reason }
    } finally {
      file.close()
    }
  } catch (thrown) {
    const { code, message, data } = toAppError(thrown)
    // A file with LMDB's magic that is damaged is still LMDB's: opening it says what is wrong.
    const isLmdbs = code === 'DAMAGED' && (data['fault'] !== 'SHORT' || basename(place.dataPath) === dataName)
    return isLmdbs ? { kind: 'lmdb', path: place.path, certainty: 0.3, reason: message } : undefined
  }
}

async function open(location: StoreLocation, options: { write?: boolean } = {}): Promise<Store> {
  const wantsWrite = options.write ?? false
  const database = location.options['db']
  const mostMapBytes = mapSizeOf(location)
  const known = new Set(['db', 'map_size'])
  const unknown = Object.keys(location.options).find((name) => !known.has(name))
  if (unknown !== undefined) {
    throw new AppError(
      'USAGE',
      `lmdb: does not know the option "${unknown}"; it takes db (a sub-database's name) and map_size (to how much its map may grow).`,
    )
  }
  const place = findPlace(location.path, database)
  if (place) return LmdbStore.open({ ...place, mostMapBytes }, wantsWrite)
  const made = await create(location.path, { database, mostMapBytes, wantsWrite })
  return LmdbStore.open({ ...made.place, mostMapBytes }, wantsWrite, made.writer)
}

/** As `lmdb.open` of Python takes it, in bytes, or with a unit. @throws AppError USAGE */
export function mapSizeOf({ options }: Pick<StoreLocation, 'options'>): number | undefined {
  const text = options['map_size']
  if (text === undefined) return undefined
  const bytes = parseBytes(text)
  if (bytes !== undefined && bytes >= smallestMapBytes) return Math.floor(bytes)
  throw new AppError(
    'USAGE',
    `lmdb: map_size is to how many bytes the map may grow, such as 1GB, 512MiB or 10485760, ${smallestMapBytes} at least; "${text}" is none.`,
  )
}

async function databases(path: string): Promise<DatabaseInfo[]> {
  const place = findPlace(path, undefined)
  if (!place) return []
  await using store = await LmdbStore.open(place, false)
  // Awaited here, or the store would be closed first.
  return await store.databases()
}

/** The environment that a path means: a folder with `data.mdb`, that file itself, or a file of another name. */
function findPlace(path: string, database: string | undefined): LmdbPlace | undefined {
  if (!existsSync(path)) return undefined
  const real = realpathSync(resolve(path))
  if (lstatSync(real).isDirectory()) {
    const dataPath = join(real, dataName)
    return isUnmade(dataPath)
      ? undefined
      : { path: real, dataPath, isFile: false, database, mostMapBytes: undefined }
  }
  if (!lstatSync(real).isFile()) return undefined
  const isInFolder = basename(real) === dataName
  return {
    path: isInFolder ? dirname(real) : real,
    dataPath: real,
    isFile: !isInFolder,
    database,
    mostMapBytes: undefined,
  }
}

/** Makes a folder environment of format 1, which is what `lmdb.open(path)` of Python makes and opens. What made it goes on writing it. */
async function create(
  path: string,
  {
    database,
    mostMapBytes,
    wantsWrite,
  }: Pick<LmdbPlace, 'database' | 'mostMapBytes'> & { wantsWrite: boolean },
): Promise<{ place: LmdbPlace; writer: LmdbWriter }> {
  if (!wantsWrite) {
    if (!existsSync(path)) throw noSuchPath(path)
    throw new AppError('NOT_FOUND', `${path} holds no ${dataName}; check the path.`, { data: { path } })
  }
  makeFolder(path)
  const target = {
    path,
    isFile: false,
    dataPath: join(path, dataName),
    database,
    format: 1,
    mapBytes: Math.min(newMapBytes, mostMapBytes ?? newMapBytes),
    ...(mostMapBytes === undefined ? {} : { mostMapBytes }),
  } as const
  await using stack = new AsyncDisposableStack()
  const writer = stack.use(new LmdbWriter(() => target))
  await writer.create()
  const place = findPlace(path, database)!
  stack.move()
  return { place, writer }
}
