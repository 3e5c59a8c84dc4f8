import { readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

import { errnoOf } from '../../decode/file-source.ts'
import { AppError } from '../../model/errors.ts'
import { noSuchPath, refusedPath, statusOf } from '../paths.ts'
import { databaseName } from './files.ts'
import { whyNotDiskcache } from './schema.ts'
import { Shard } from './shard.ts'

/** A FanoutCache calls its shards `000`, `001`… (`'%03d'`), and begins with `000`. */
const shardName = /^(?:\d{3}|[1-9]\d{3,})$/

/** Where the databases of a cache are. */
export interface CachePlace {
  /** Canonical. */
  readonly folder: string
  /** Names of the shards' folders; none for a Cache, whose database is in `folder` itself. */
  readonly shards: readonly string[]
}

/**
 * The place of a cache, given its folder or its `cache.db`; `undefined` if there is no such file.
 *
 * @throws AppError `NOT_FOUND`, `REFUSED`
 */
export function findCache(path: string): CachePlace | undefined {
  try {
    const real = realpathSync(path)
    const folder = statSync(real).isDirectory() ? real : dirname(real)
    if (folder !== real && basename(real) !== databaseName) return undefined
    if (isFile(join(folder, databaseName))) return { folder, shards: [] }
    const shards = readdirSync(folder)
      .filter((name) => shardName.test(name) && isFile(join(folder, name, databaseName)))
      .toSorted((a, b) => Number(a) - Number(b))
    return shards.length > 0 ? { folder, shards } : undefined
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT' || errno === 'ENOTDIR') throw noSuchPath(path)
    throw refusedPath(path, error, 'read')
  }
}

function isFile(path: string): boolean {
  return statusOf(path)?.isFile() === true
}

/** @throws AppError `NOT_A_STORE` for databases of other programs */
export async function openShards({ folder, shards }: CachePlace): Promise<Shard[]> {
  const opened: Shard[] = []
  try {
    for (const name of shards.length === 0 ? [undefined] : shards) {
      const shard = new Shard(name === undefined ? folder : join(folder, name), name)
      opened.push(shard)
      const reason = await shard.reader.read(whyNotDiskcache)
      if (reason !== undefined) {
        const path = join(shard.folder, databaseName)
        throw new AppError(
          'NOT_A_STORE',
          `${path} is no database of diskcache: ${reason}; try sqlite:${path}.`,
          {
            data: { path },
          },
        )
      }
    }
    return opened
  } catch (error) {
    for (const { reader } of opened) await reader.close()
    throw error
  }
}
