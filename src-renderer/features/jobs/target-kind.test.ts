import { expect, it } from 'vitest'
import type { StoreKindInfo } from '../../../shared/api/locations.ts'
import { kindBySuffix, newKinds, urlOf } from './target-kind.ts'

it.each([
  ['/data/results.sqlite', 'sqlite'],
  ['/data/results.SQLITE3', 'sqlite'],
  ['cache.db', 'sqlite'],
  ['/data/cache.lmdb', 'lmdb'],
  ['cache.shlv', 'shelve?format=dumb'],
  ['paper.hashcache', 'archive'],
  ['/data/sqlite', ''],
  ['/data/results.sqlite/cache', ''],
  ['', ''],
])('takes %j for %j', (path, kind) => {
  expect(kindBySuffix(path)).toBe(kind)
})

it('names a form of a kind by the URL of what is made', () => {
  const form = { schemes: ['shelve'], isServer: false, fields: [] }
  const shelf: StoreKindInfo = {
    kind: 'shelve',
    title: 'Python shelf',
    scheme: 'shelve',
    form,
    makes: [
      { title: 'Python shelf, dbm.dumb', options: 'format=dumb' },
      { title: 'Python shelf, dbm.gnu', options: 'format=gnu' },
    ],
  }
  const files: StoreKindInfo = {
    ...shelf,
    kind: 'fs',
    scheme: 'fs',
    makes: [{ title: 'Files', options: '' }],
  }
  const kinds = newKinds([files, shelf, { ...files, makes: [] }])
  expect(kinds.map(({ value }) => value)).toEqual(['fs', 'shelve?format=dumb', 'shelve?format=gnu'])
  expect(kinds.map((kind) => urlOf('/x', kind))).toEqual([
    'fs:/x',
    'shelve:/x?format=dumb',
    'shelve:/x?format=gnu',
  ])
})
