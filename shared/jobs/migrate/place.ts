import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError, toAppError } from '../../model/errors.ts'
import type { Store, StoreKind, StoreLocation } from '../../stores/contract.ts'
import { closedPath, isUnmade } from '../../stores/paths.ts'

/** A form in which a migration makes a cache: the options of its URL, and what sets it apart from others of its kind. */
export interface WayToMake {
  readonly options: Readonly<Record<string, string>>
  readonly title?: string
}

const plain: readonly WayToMake[] = [{ options: {} }]
/** What can be made of each kind that a migration writes to; of Redis nothing, it is there. */
const ways: Readonly<Partial<Record<StoreKind, readonly WayToMake[]>>> = {
  fs: plain,
  json: plain,
  lmdb: plain,
  sqlite: [...plain, { options: { form: 'json' }, title: 'JSON (SqlCache)' }],
  // Python takes the first that it has; `dbm.dumb` is the one that all have.
  shelve: [
    { options: { format: 'dumb' }, title: 'dbm.dumb' },
    { options: { format: 'gnu' }, title: 'dbm.gnu' },
    { options: { format: 'sqlite3' }, title: 'dbm.sqlite3' },
  ],
  redis: [],
  archive: plain,
}

/** In which forms a cache of a kind can be made where there is none. */
export function waysToMake(kind: StoreKind): readonly WayToMake[] {
  return ways[kind] ?? []
}

/** Of a store, its `location`; the rest as it was opened by. */
export interface SourcePlace extends Pick<StoreLocation, 'kind' | 'path'> {
  readonly location: string
}

/**
 * The cache that a migration writes to, open for reading; `undefined` where there is none yet, and the run will make it.
 * What the run would be refused for sure is refused here, before there is a plan: nothing is made or written for it.
 *
 * @throws AppError USAGE, REFUSED, and what opening it throws
 */
export async function openTarget(
  to: StoreLocation,
  { from, open }: { readonly from: SourcePlace; readonly open: (location: StoreLocation) => Promise<Store> },
): Promise<Store | undefined> {
  // What joblib and diskcache keep is theirs to write.
  if (ways[to.kind] === undefined)
    throw new AppError(
      'USAGE',
      `Nothing can be written to a cache of ${to.kind}, only moved out of it; choose a target of another kind.`,
    )
  // A folder of files can be opened as one of JSON files: the source would be written all the same.
  if (to.kind !== from.kind && realPath(to.path) === realPath(from.path))
    throw new AppError(
      'USAGE',
      `${to.path} is the source itself, a cache of ${from.kind}; name another target.`,
    )
  if (to.kind !== 'redis') refuseClosed(to.path)
  if (!isThere(to)) return refuseUnmakeable(to, open)
  await using stack = new AsyncDisposableStack()
  const store = stack.use(await open(to))
  if (store.location === from.location)
    throw new AppError('USAGE', `${store.label} is both source and target; name another target.`)
  stack.move()
  return store
}

/** Things in a folder that is no cache yet: files of a cache would lie among them. */
export async function strangersIn(store: Store): Promise<string | undefined> {
  if (store.kind !== 'fs' && store.kind !== 'json') return undefined
  const shown = 3
  const strays = (await store.strays?.(shown + 1)) ?? []
  if (strays.length === 0 || !(await isEmpty(store))) return undefined
  const names = strays.slice(0, shown).map(({ name }) => JSON.stringify(name))
  const more = strays.length > shown ? ', …' : ''
  return `${store.label} is no cache yet and holds other things (${names.join(', ')}${more}): the entries will lie among them.`
}

export async function isEmpty(store: Store, signal?: AbortSignal): Promise<boolean> {
  for await (const batch of store.entries({ batchSize: 1, signal })) if (batch.length > 0) return false
  return true
}

/** The folder in which a path is, or will be made. */
export function existingFolder(path: string): string {
  let folder = path
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}

/**
 * A target that is not there yet is made by the run, not by the plan; an empty file is one that somebody was killed
 * over. Of servers only they can tell.
 */
function isThere({ kind, path }: StoreLocation): boolean {
  if (kind === 'redis') return true
  if (kind === 'shelve')
    return ['', '.dir', '.dat', '.db', '.gdbm'].some((suffix) => !isUnmade(path + suffix))
  if (kind === 'lmdb' && statSync(path, { throwIfNoEntry: false })?.isDirectory())
    return !isUnmade(join(path, 'data.mdb'))
  return !isUnmade(path)
}

function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path
}

function refuseClosed(path: string): void {
  const nearest = existingFolder(path)
  if (nearest !== path && !statSync(nearest).isDirectory())
    throw new AppError('REFUSED', `${nearest} is a file: nothing can be made below it; name another place.`, {
      data: { path: nearest },
    })
  const closed = closedPath([nearest])
  if (closed) throw closed
}

async function refuseUnmakeable(
  to: StoreLocation,
  open: (location: StoreLocation) => Promise<Store>,
): Promise<undefined> {
  if (
    to.kind === 'shelve' &&
    !waysToMake('shelve').some(({ options }) => options['format'] === to.options['format'])
  )
    throw new AppError(
      'USAGE',
      `There is no shelf at ${to.path} yet; say in which format to make it: shelve:${to.path}?format=dumb (which every Python reads), gnu or sqlite3.`,
    )
  try {
    await (await open(to))[Symbol.asyncDispose]()
  } catch (thrown) {
    // Wrong options, and what may not be looked at. That nothing is there is known.
    if (['USAGE', 'REFUSED'].includes(toAppError(thrown).code)) throw thrown
  }
  return undefined
}
