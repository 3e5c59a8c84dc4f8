import { expect, it } from 'vitest'
import { kindBySuffix } from './target-kind.ts'

it.each([
  ['/data/results.sqlite', 'sqlite'],
  ['/data/results.SQLITE3', 'sqlite'],
  ['cache.db', 'sqlite'],
  ['/data/cache.lmdb', 'lmdb'],
  ['cache.shlv', 'shelve'],
  ['paper.hashcache', 'archive'],
  ['/data/sqlite', ''],
  ['/data/results.sqlite/cache', ''],
  ['', ''],
])('takes %j for %j', (path, kind) => {
  expect(kindBySuffix(path)).toBe(kind)
})
