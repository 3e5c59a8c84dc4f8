import { existsSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { storeId } from '../catalog/location.ts'
import { makeOwnFolder, whyUnusable } from '../catalog/own-folder.ts'
import { AppError, toAppError } from '../model/errors.ts'
import type { Policy } from './contract.ts'
import { parsePolicy } from './policy.ts'

/** What is to be kept of a cache. */
export interface Retention {
  /** The `retention.json` in the cache's folder or beside it; absent: the rules are in our own settings. */
  readonly file?: string
  readonly policy?: Policy
}

/** The cache as its rules are looked for: `path` as in `StoreLocation`, `location` as in `Store`. */
export interface RuledStore {
  readonly kind: string
  readonly location: string
  readonly path: string
}

/**
 * The rules of a cache: those of `retention.json` in its folder, else beside it, else those that were kept here for it.
 *
 * @throws AppError USAGE that names the file and the field that is off
 */
export async function readRetention(store: RuledStore, dataFolder: string): Promise<Retention> {
  for (const file of filesBeside(store)) {
    const policy = await readPolicy(file)
    if (policy) return { file, policy }
  }
  const policy = await readPolicy(ownFile(store, dataFolder))
  return policy ? { policy } : {}
}

/**
 * Keeps rules for a cache in our own folder; never inside the cache: looking and planning leave it as it is.
 *
 * @throws AppError REFUSED where rules stand beside the cache: those would be the ones that count
 */
export async function keepRetention(
  store: RuledStore,
  dataFolder: string,
  policy: Policy,
): Promise<Retention> {
  refuseBeside(store)
  const file = ownFile(store, dataFolder)
  makeOwnFolder(dirname(file))
  try {
    await writeFile(`${file}.tmp`, JSON.stringify(policy, undefined, 2) + '\n', { mode: 0o600 })
    await rename(`${file}.tmp`, file)
  } catch (thrown) {
    const sentence = `The rules cannot be kept in ${file} (${whyUnusable(file, thrown)}); mend that, or choose another data folder with HASHCACHE_DATA.`
    throw new AppError('REFUSED', sentence, { cause: thrown, data: { path: file } })
  }
  return readRetention(store, dataFolder)
}

/** Forgets the rules that were kept here. @throws AppError REFUSED where rules stand beside the cache */
export async function clearRetention(store: RuledStore, dataFolder: string): Promise<void> {
  refuseBeside(store)
  await rm(ownFile(store, dataFolder), { force: true })
}

/** A policy of a file. `undefined`: the file is not there. @throws AppError USAGE that names it */
export async function readPolicy(file: string): Promise<Policy | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw unreadable(file, thrown)
  }
  try {
    return parsePolicy(JSON.parse(text), file)
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : unreadable(file, thrown)
  }
}

/** Rules that are there and cannot be read must not count as none: what they protect would go. */
function unreadable(file: string, thrown: unknown): AppError {
  const sentence = `The rules in ${file} cannot be read (${toAppError(thrown).message}); mend the file or take it away.`
  return new AppError('USAGE', sentence, { cause: thrown, data: { path: file } })
}

function filesBeside({ path }: RuledStore): string[] {
  // Servers have URLs.
  return path.startsWith('/') ? [path, dirname(path)].map((folder) => join(folder, 'retention.json')) : []
}

function refuseBeside(store: RuledStore): void {
  const file = filesBeside(store).find((each) => existsSync(each))
  if (file === undefined) return
  const sentence = `The rules of this cache stand in ${file}, which is only read here; change them there.`
  throw new AppError('REFUSED', sentence, { data: { path: file } })
}

function ownFile(store: RuledStore, dataFolder: string): string {
  return join(dataFolder, 'retention', `${storeId(store)}.json`)
}
