import { join } from 'node:path'

import { AppError } from '../../model/errors.ts'
import { pathForm } from '../../model/store-form.ts'
import type { Detection, Store, StoreLocation, StoreType } from '../contract.ts'
import { databaseName } from './files.ts'
import { findCache, openShards } from './open.ts'
import type { CachePlace } from './open.ts'
import { countOf, whyNotDiskcache } from './schema.ts'
import { Shard } from './shard.ts'
import { DiskcacheStore } from './store.ts'

/** Folders of diskcache's Cache and FanoutCache: read, and entries deleted from. Opened for writing, nothing is made. */
export const diskcacheStoreType: StoreType = {
  kind: 'diskcache',
  title: 'diskcache',
  scheme: 'diskcache',
  form: pathForm('diskcache', {
    label: 'Folder',
    placeholder: '/home/you/cache',
    help: 'The folder of a Cache (it has a cache.db) or of a FanoutCache (it has 000, 001…)',
  }),
  detect,
  open,
}

/** A larger database in WAL mode is not copied only to see what it is. */
const cheapCopyBytes = 16 * 1024 * 1024

async function detect(path: string): Promise<Detection | undefined> {
  const place = placeOrNone(path)
  if (!place) return undefined
  const name = place.shards[0]
  const what = name === undefined ? databaseName : `${name}/${databaseName}`
  const found = { kind: 'diskcache', path: place.folder } as const
  try {
    const shard = new Shard(join(place.folder, name ?? ''), name)
    try {
      const { isWalMode, hasWalData, sizeBytes } = shard.reader.state()
      if ((isWalMode || hasWalData) && sizeBytes > cheapCopyBytes)
        return {
          ...found,
          certainty: 0.75,
          reason: `${what} is SQLite in WAL mode; its tables are read when it is opened`,
        }
      const [why, count] = await shard.reader.read((database) => {
        const reason = whyNotDiskcache(database)
        return [reason, reason === undefined ? countOf(database) : undefined] as const
      })
      if (why !== undefined) return undefined
      const entries = count === undefined ? '' : `, ${count} entries by its own count`
      const shards =
        name === undefined ? '' : ` (the first of ${place.shards.length} shards of a FanoutCache)`
      return {
        ...found,
        certainty: 0.98,
        reason: `${what}${shards} has diskcache's tables Cache and Settings${entries}`,
      }
    } finally {
      await shard.reader.close()
    }
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === 'NOT_A_STORE') return undefined
    return { ...found, certainty: 0.2, reason: `${what} cannot be looked into: ${thrown.message}` }
  }
}

function placeOrNone(path: string): CachePlace | undefined {
  try {
    return findCache(path)
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

async function open({ path, options }: StoreLocation, { write }: { write?: boolean } = {}): Promise<Store> {
  const [option] = Object.keys(options)
  if (option !== undefined)
    throw new AppError('USAGE', `diskcache: takes no options, so "${option}" means nothing here.`)
  const place = findCache(path)
  if (!place) {
    throw new AppError(
      'NOT_A_STORE',
      `There is no ${databaseName} in ${path}, nor folders 000, 001… that have one; give the folder of a Cache or FanoutCache.`,
      { data: { path } },
    )
  }
  return new DiskcacheStore(place.folder, await openShards(place), write === true)
}
