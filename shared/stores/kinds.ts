import { makeArchiveStoreType } from './archive/index.ts'
import type { StoreType } from './contract.ts'
import { diskcacheStoreType } from './diskcache/index.ts'
import { fsStoreType } from './fs/index.ts'
import { joblibStoreType } from './joblib-memory/index.ts'
import { jsonStoreType } from './json/index.ts'
import { lmdbStoreType } from './lmdb/index.ts'
import { redisStoreType } from './redis/index.ts'
import { makeShelveStoreType } from './shelve/index.ts'
import { sqliteStoreType } from './sqlite/index.ts'

/** Every kind of cache that this version opens; a new one is a folder and a line here. */
export const storeTypes: readonly StoreType[] = [
  fsStoreType,
  jsonStoreType,
  lmdbStoreType,
  sqliteStoreType,
  makeShelveStoreType(sqliteStoreType),
  redisStoreType,
  joblibStoreType,
  diskcacheStoreType,
  makeArchiveStoreType(sqliteStoreType),
]
